package testing

import (
	"context"
	"errors"
	"net/http"

	clientv3 "go.etcd.io/etcd/client/v3"
)

var errNoEtcd = errors.New("there is no etcd")

// store writes what clusters of old have stored: all that tests do with etcd and that can be done here.
type store struct {
	clientv3.KV
	server string
}

func (s store) Put(_ context.Context, key, value string, _ ...clientv3.OpOption) (*clientv3.PutResponse, error) {
	stored := map[string]string{"key": key, "value": value}
	return &clientv3.PutResponse{}, ask(http.MethodPut, "/servers/"+s.server+"/store", stored, &struct{}{})
}

func (s store) Get(context.Context, string, ...clientv3.OpOption) (*clientv3.GetResponse, error) {
	return nil, errNoEtcd
}
