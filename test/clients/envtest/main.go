// Starts the control plane as envtest does for every operator's tests, and works with it through controller-runtime's client.
// Prints a line `ok NAME` for each check; ends with 1 at the first fault.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

func check(name string, err error) {
	if err != nil {
		fmt.Printf("not ok %s: %v\n", name, err)
		os.Exit(1)
	}
	fmt.Printf("ok %s\n", name)
}

func expect(name string, holds bool, found any) {
	if !holds {
		check(name, fmt.Errorf("found %v", found))
	}
	check(name, nil)
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	env := &envtest.Environment{}
	cfg, err := env.Start()
	check("envtest starts the control plane", err)

	c, err := client.New(cfg, client.Options{})
	check("a client connects", err)
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "envtest-"}}
	check("creates a namespace", c.Create(ctx, namespace))
	config := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "one", Namespace: namespace.Name}}
	check("creates a config map", c.Create(ctx, config))
	again := config.DeepCopy()
	again.ResourceVersion = ""
	expect("refuses it twice", apierrors.IsAlreadyExists(c.Create(ctx, again)), nil)
	stale := config.DeepCopy()
	config.Data = map[string]string{"a": "1"}
	check("updates it", c.Update(ctx, config))
	stale.Data = map[string]string{"a": "2"}
	expect("refuses a stale update", apierrors.IsConflict(c.Update(ctx, stale)), nil)
	base := config.DeepCopy()
	config.Data["b"] = "2"
	check("patches it", c.Patch(ctx, config, client.MergeFrom(base)))

	// without the ServiceAccount admission step, as envtest asks for: a pod needs no service account
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "one", Namespace: namespace.Name}}
	pod.Spec.Containers = []corev1.Container{{Name: "c", Image: "image"}}
	check("creates a pod without a service account", c.Create(ctx, pod))
	pod.Status.Phase = corev1.PodRunning
	check("updates its status", c.Status().Update(ctx, pod))

	informers, err := cache.New(cfg, cache.Options{})
	check("a cache is made", err)
	go func() { _ = informers.Start(ctx) }()
	expect("the cache syncs", informers.WaitForCacheSync(ctx), false)
	var list corev1.ConfigMapList
	check("the cache lists", informers.List(ctx, &list, client.InNamespace(namespace.Name)))
	expect("the cache has the patched object", len(list.Items) == 1 && list.Items[0].Data["b"] == "2", list.Items)

	user, err := env.AddUser(envtest.User{Name: "jane", Groups: []string{"developers"}}, nil)
	check("a user is added", err)
	restricted, err := client.New(user.Config(), client.Options{})
	check("the user connects", err)
	err = restricted.Get(ctx, client.ObjectKeyFromObject(config), &corev1.ConfigMap{})
	expect("the user may not read", apierrors.IsForbidden(err), err)

	check("envtest stops the control plane", env.Stop())
}
