// Runs client-go against the server that KUBECONFIG names: one line a check, exit code 1 when one fails.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

const (
	jsonType     = "application/json"
	protobufType = "application/vnd.kubernetes.protobuf"
)

// A check gets a namespace of its own. It returns what went wrong.
type check struct {
	name string
	run  func(ctx context.Context, config *rest.Config, namespace string) error
}

func withContentType(contentType string, run func(context.Context, *kubernetes.Clientset, string) error) func(context.Context, *rest.Config, string) error {
	return func(ctx context.Context, config *rest.Config, namespace string) error {
		own := rest.CopyConfig(config)
		own.ContentType = contentType
		own.AcceptContentTypes = contentType
		client, err := kubernetes.NewForConfig(own)
		if err != nil {
			return err
		}
		return run(ctx, client, namespace)
	}
}

func checks() []check {
	list := []check{{"dynamic client", dynamicClient}}
	for _, contentType := range []string{jsonType, protobufType} {
		of := func(name string) string { return name + " in " + contentType }
		list = append(list,
			check{of("create, get, update, patch, delete"), withContentType(contentType, writes)},
			check{of("subresources"), withContentType(contentType, subresources)},
			check{of("watch"), withContentType(contentType, watches)},
			check{of("pages"), withContentType(contentType, pages)},
			check{of("errors"), withContentType(contentType, failures)},
			check{of("informers"), withContentType(contentType, informers)},
			check{of("leader election"), withContentType(contentType, leaders)},
		)
	}
	return list
}

func runCheck(config *rest.Config, c check, namespace string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	object := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}
	if _, err := client.CoreV1().Namespaces().Create(ctx, object, metav1.CreateOptions{}); err != nil {
		return err
	}
	return c.run(ctx, config, namespace)
}

func main() {
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
	config.QPS = -1
	failed := false
	for i, c := range checks() {
		start := time.Now()
		if err := runCheck(config, c, fmt.Sprintf("go-%d", i)); err != nil {
			failed = true
			fmt.Printf("not ok %s: %v\n", c.name, err)
			continue
		}
		fmt.Printf("ok %s (%d ms)\n", c.name, time.Since(start).Milliseconds())
	}
	if failed {
		os.Exit(1)
	}
}
