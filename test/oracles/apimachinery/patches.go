// Patches, as the API server applies them to the JSON of an object.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/runtime"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
)

// By the references of the fact tables.
var structs = map[string]any{
	"core/v1.Pod":                              corev1.Pod{},
	"core/v1.Service":                          corev1.Service{},
	"core/v1.Node":                             corev1.Node{},
	"core/v1.ConfigMap":                        corev1.ConfigMap{},
	"core/v1.ServiceAccount":                   corev1.ServiceAccount{},
	"core/v1.PersistentVolume":                 corev1.PersistentVolume{},
	"apps/v1.Deployment":                       appsv1.Deployment{},
	"apps/v1.StatefulSet":                      appsv1.StatefulSet{},
	"networking.k8s.io/v1.Ingress":             networkingv1.Ingress{},
	"rbac.authorization.k8s.io/v1.ClusterRole": rbacv1.ClusterRole{},
}

// Upstream goes over maps: of several faults it tells any, and whether it adds to a list before it deletes from it is chance
// too. So it is asked again and again for all that it may answer.
const tries = 60

func strategic(q question) answer {
	first := strategicOnce(q)
	if first.Error == "" && !bytes.Contains(q.Patch, []byte("$deleteFromPrimitiveList")) {
		return first
	}
	seen := map[string]bool{}
	for range tries {
		other := strategicOnce(q)
		text, err := json.Marshal(other)
		must(err)
		if !seen[string(text)] {
			seen[string(text)] = true
			first.Others = append(first.Others, other)
		}
	}
	return first
}

func strategicOnce(q question) (result answer) {
	defer func() {
		if problem := recover(); problem != nil {
			result = answer{Error: fmt.Sprint("panic: ", problem)}
		}
	}()
	schema, err := strategicpatch.NewPatchMetaFromStruct(structs[q.Type])
	if err != nil {
		return answer{Error: err.Error()}
	}
	original, patch := map[string]any{}, map[string]any{}
	must(utiljson.Unmarshal(q.Object, &original))
	must(utiljson.Unmarshal(q.Patch, &patch))
	// Lists without spare room, as they come from objects in the API server: upstream appends to them in place.
	original = runtime.DeepCopyJSON(original)
	object, err := strategicpatch.StrategicMergeMapPatchUsingLookupPatchMeta(original, patch, schema)
	if err != nil {
		return answer{Error: err.Error()}
	}
	return answer{Object: object}
}

func parsed(result []byte, err error) answer {
	if err != nil {
		return answer{Error: err.Error()}
	}
	var object any
	must(utiljson.Unmarshal(result, &object))
	return answer{Object: object}
}

func merge(q question) answer {
	return parsed(jsonpatch.MergePatch(q.Object, q.Patch))
}

func jsonPatch(q question) answer {
	patch, err := jsonpatch.DecodePatch(q.Patch)
	if err != nil {
		return answer{Error: err.Error()}
	}
	return parsed(patch.Apply(q.Object))
}
