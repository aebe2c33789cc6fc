package main

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	clientinformers "k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

// Whether informers stream their lists is up to the environment: KUBE_FEATURE_WatchListClient.
func informers(ctx context.Context, client *kubernetes.Clientset, namespace string) error {
	maps := client.CoreV1().ConfigMaps(namespace)
	for i := 0; i < 20; i++ {
		if _, err := maps.Create(ctx, configMap(fmt.Sprintf("m%02d", i)), metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	events := make(chan string, 100)
	factory := clientinformers.NewSharedInformerFactoryWithOptions(client, 0, clientinformers.WithNamespace(namespace))
	informer := factory.Core().V1().ConfigMaps()
	_, err := informer.Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { events <- "add " + object.(*corev1.ConfigMap).Name },
		UpdateFunc: func(_, object any) { events <- "update " + object.(*corev1.ConfigMap).Name },
		DeleteFunc: func(object any) { events <- "delete " + object.(*corev1.ConfigMap).Name },
	})
	if err != nil {
		return err
	}
	factory.Core().V1().Secrets().Informer()
	factory.Apps().V1().Deployments().Informer()
	own, stop := context.WithCancel(ctx)
	defer factory.Shutdown()
	defer stop()
	factory.Start(own.Done())
	for kind, synced := range factory.WaitForCacheSync(own.Done()) {
		if !synced {
			return fmt.Errorf("%v did not sync", kind)
		}
	}
	if list, err := informer.Lister().ConfigMaps(namespace).List(labels.Everything()); err != nil || len(list) != 20 {
		return fmt.Errorf("the cache holds %d: %v", len(list), err)
	}
	late := configMap("late")
	if _, err := maps.Create(ctx, late, metav1.CreateOptions{}); err != nil {
		return err
	}
	late.Data["a"] = "changed"
	if _, err := maps.Update(ctx, late, metav1.UpdateOptions{}); err != nil {
		return err
	}
	if err := maps.Delete(ctx, "late", metav1.DeleteOptions{}); err != nil {
		return err
	}
	want := []string{"add late", "update late", "delete late"}
	for len(want) > 0 {
		select {
		case event := <-events:
			if event == want[0] {
				want = want[1:]
			}
		case <-ctx.Done():
			return fmt.Errorf("handlers were not told of %v", want)
		}
	}
	return nil
}

// Two candidates: the second leads once the first gives up.
func leaders(ctx context.Context, client *kubernetes.Clientset, namespace string) error {
	led := make(chan string, 2)
	candidate := func(name string) context.CancelFunc {
		own, cancel := context.WithCancel(ctx)
		lock := &resourcelock.LeaseLock{
			LeaseMeta:  metav1.ObjectMeta{Name: "lock", Namespace: namespace},
			Client:     client.CoordinationV1(),
			LockConfig: resourcelock.ResourceLockConfig{Identity: name},
		}
		go leaderelection.RunOrDie(own, leaderelection.LeaderElectionConfig{
			Lock:            lock,
			ReleaseOnCancel: true,
			LeaseDuration:   4 * time.Second,
			RenewDeadline:   3 * time.Second,
			RetryPeriod:     500 * time.Millisecond,
			Callbacks: leaderelection.LeaderCallbacks{
				OnStartedLeading: func(context.Context) { led <- name },
				OnStoppedLeading: func() {},
			},
		})
		return cancel
	}
	expect := func(name string) error {
		select {
		case leader := <-led:
			if leader != name {
				return fmt.Errorf("%s leads, not %s", leader, name)
			}
			return nil
		case <-ctx.Done():
			return fmt.Errorf("%s never led", name)
		}
	}
	giveUp := candidate("first")
	if err := expect("first"); err != nil {
		return err
	}
	defer candidate("second")()
	giveUp()
	if err := expect("second"); err != nil {
		return err
	}
	lease, err := client.CoordinationV1().Leases(namespace).Get(ctx, "lock", metav1.GetOptions{})
	if err != nil || *lease.Spec.HolderIdentity != "second" || *lease.Spec.LeaseTransitions < 1 {
		return fmt.Errorf("lease: %+v %v", lease, err)
	}
	return nil
}
