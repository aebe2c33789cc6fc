package framework

import (
	"errors"
	"os"
	"testing"

	"k8s.io/klog/v2"
)

var errNoEtcd = errors.New("there is no etcd")

// EtcdMain runs the tests of a package: servers have storage of their own.
func EtcdMain(tests func() int) {
	os.Exit(tests())
}

// GetEtcdURL is where nothing listens.
func GetEtcdURL() string { return "http://127.0.0.1:0" }

// StartEtcd starts nothing.
func StartEtcd(klog.Logger, testing.TB, bool) {}

// RunCustomEtcd starts nothing.
func RunCustomEtcd(klog.Logger, string, []string) (string, func(), error) {
	return "", func() {}, errNoEtcd
}
