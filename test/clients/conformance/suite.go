// Package conformance has nothing of its own: it pins Kubernetes' end-to-end tests, which are compiled from here.
package conformance

import _ "k8s.io/kubernetes/test/e2e/framework"
