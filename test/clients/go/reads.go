package main

import (
	"context"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/pager"

	"k8s.io/apimachinery/pkg/runtime"
)

func configMap(name string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name}, Data: map[string]string{"a": "b"}}
}

func expectEvents(ctx context.Context, from watch.Interface, want ...watch.EventType) error {
	defer from.Stop()
	for _, kind := range want {
		select {
		case event, open := <-from.ResultChan():
			if !open || event.Type != kind {
				return fmt.Errorf("expected %s, got %v (open %v)", kind, event, open)
			}
		case <-ctx.Done():
			return fmt.Errorf("no %s came", kind)
		}
	}
	return nil
}

func watches(ctx context.Context, client *kubernetes.Clientset, namespace string) error {
	maps := client.CoreV1().ConfigMaps(namespace)
	list, err := maps.List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	from, err := maps.Watch(ctx, metav1.ListOptions{ResourceVersion: list.ResourceVersion, AllowWatchBookmarks: true})
	if err != nil {
		return err
	}
	if _, err := maps.Create(ctx, configMap("one"), metav1.CreateOptions{}); err != nil {
		return err
	}
	if _, err := maps.Patch(ctx, "one", types.MergePatchType, []byte(`{"data":{"a":"c"}}`), metav1.PatchOptions{}); err != nil {
		return err
	}
	if err := maps.DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{}); err != nil {
		return err
	}
	if err := expectEvents(ctx, from, watch.Added, watch.Modified, watch.Deleted); err != nil {
		return err
	}
	yes := true
	streamed, err := maps.Watch(ctx, metav1.ListOptions{SendInitialEvents: &yes, AllowWatchBookmarks: true, ResourceVersionMatch: metav1.ResourceVersionMatchNotOlderThan})
	if err != nil {
		return err
	}
	return expectEvents(ctx, streamed, watch.Bookmark)
}

func pages(ctx context.Context, client *kubernetes.Clientset, namespace string) error {
	maps := client.CoreV1().ConfigMaps(namespace)
	const count = 53
	for i := 0; i < count; i++ {
		if _, err := maps.Create(ctx, configMap(fmt.Sprintf("m%02d", i)), metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	first, err := maps.List(ctx, metav1.ListOptions{Limit: 7})
	if err != nil {
		return err
	}
	if len(first.Items) != 7 || first.Continue == "" || *first.RemainingItemCount != count-7 {
		return fmt.Errorf("first page: %d items, continue %q, remaining %v", len(first.Items), first.Continue, first.RemainingItemCount)
	}
	// written after the first page: later pages must not show it
	if _, err := maps.Create(ctx, configMap("zz"), metav1.CreateOptions{}); err != nil {
		return err
	}
	names := []string{}
	for page := first; ; {
		for _, item := range page.Items {
			names = append(names, item.Name)
		}
		if page.Continue == "" {
			break
		}
		if page, err = maps.List(ctx, metav1.ListOptions{Limit: 7, Continue: page.Continue}); err != nil {
			return err
		}
		if page.ResourceVersion != first.ResourceVersion {
			return fmt.Errorf("pages of revisions %s and %s", first.ResourceVersion, page.ResourceVersion)
		}
	}
	if len(names) != count || names[0] != "m00" || names[count-1] != "m52" {
		return fmt.Errorf("pages hold %d: %s", len(names), strings.Join(names, " "))
	}
	if _, err := maps.List(ctx, metav1.ListOptions{Limit: 7, Continue: "nonsense"}); !apierrors.IsBadRequest(err) {
		return fmt.Errorf("expected a bad request, got %v", err)
	}
	seen := 0
	all := pager.New(func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
		return maps.List(ctx, options)
	})
	all.PageSize = 10
	err = all.EachListItem(ctx, metav1.ListOptions{}, func(runtime.Object) error { seen++; return nil })
	if err != nil || seen != count+1 {
		return fmt.Errorf("pager saw %d, %v", seen, err)
	}
	return nil
}

func dynamicClient(ctx context.Context, config *rest.Config, namespace string) error {
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return err
	}
	maps := client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}).Namespace(namespace)
	from, err := maps.Watch(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	object := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "one"}, "data": map[string]any{"a": "b"},
	}}
	made, err := maps.Create(ctx, object, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	if err := unstructured.SetNestedField(made.Object, "c", "data", "a"); err != nil {
		return err
	}
	if _, err := maps.Update(ctx, made, metav1.UpdateOptions{}); err != nil {
		return err
	}
	if _, err := maps.Patch(ctx, "one", types.JSONPatchType, []byte(`[{"op":"add","path":"/data/x","value":"y"}]`), metav1.PatchOptions{}); err != nil {
		return err
	}
	list, err := maps.List(ctx, metav1.ListOptions{LabelSelector: "!none"})
	if err != nil || len(list.Items) != 1 {
		return fmt.Errorf("list: %v %v", list, err)
	}
	data, _, _ := unstructured.NestedStringMap(list.Items[0].Object, "data")
	if data["a"] != "c" || data["x"] != "y" {
		return fmt.Errorf("data: %v", data)
	}
	if err := maps.Delete(ctx, "one", metav1.DeleteOptions{}); err != nil {
		return err
	}
	return expectEvents(ctx, from, watch.Added, watch.Modified, watch.Modified, watch.Deleted)
}
