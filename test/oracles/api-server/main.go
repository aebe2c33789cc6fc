// kube-apiserver itself, over an etcd in the same process. The first argument is the data folder, the rest are its flags;
// a line with etcd's address comes first on standard output.
package main

import (
	"fmt"
	"net/url"
	"os"

	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/component-base/cli"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// startEtcd starts a member of one on free ports of 127.0.0.1; its client address.
func startEtcd(folder string) string {
	config := embed.NewConfig()
	config.Dir = folder
	config.UnsafeNoFsync = true
	config.LogLevel = "error"
	free, err := url.Parse("http://127.0.0.1:0")
	must(err)
	config.ListenClientUrls = []url.URL{*free}
	config.ListenPeerUrls = []url.URL{*free}
	config.AdvertiseClientUrls = config.ListenClientUrls
	config.AdvertisePeerUrls = config.ListenPeerUrls
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	etcd, err := embed.StartEtcd(config)
	must(err)
	<-etcd.Server.ReadyNotify()
	return "http://" + etcd.Clients[0].Addr().String()
}

func main() {
	address := startEtcd(os.Args[1])
	fmt.Println(address)
	command := app.NewAPIServerCommand()
	command.SetArgs(append(os.Args[2:], "--etcd-servers="+address))
	os.Exit(cli.Run(command))
}
