// Answers JSON lines about server-side apply with upstream's own code, for managed-fields.mjs to compare with ours.
// Each line of input is one operation; each line of output its answer, in the same order.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/client-go/applyconfigurations"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
	"sigs.k8s.io/structured-merge-diff/v6/typed"
)

type request struct {
	Op          string          `json:"op"`
	APIVersion  string          `json:"apiVersion"`
	Kind        string          `json:"kind"`
	Live        json.RawMessage `json:"live"`
	Next        json.RawMessage `json:"next"`
	Manager     string          `json:"manager"`
	Subresource string          `json:"subresource"`
	Force       bool            `json:"force"`
	Reset       [][]string      `json:"reset"`
	// The OpenAPI schema of a custom resource, ObjectMeta spelled out; empty for built-in kinds; "deduced" for none.
	Schema json.RawMessage `json:"schema"`
	Fields json.RawMessage `json:"fields"`
}

type answer struct {
	Object json.RawMessage `json:"object,omitempty"`
	Error  string          `json:"error,omitempty"`
	Code   int32           `json:"code,omitempty"`
	Causes []string        `json:"causes,omitempty"`
	Sets   []string        `json:"sets,omitempty"`
}

// Times of this run are all the same to the comparison.
var started = time.Now().Add(-time.Hour)

type converter struct{ custom bool }

func (c converter) Convert(in, out, context interface{}) error { return fmt.Errorf("not implemented") }

func (c converter) ConvertToVersion(in runtime.Object, gv runtime.GroupVersioner) (runtime.Object, error) {
	gvk := in.GetObjectKind().GroupVersionKind()
	target, ok := gv.KindForGroupVersionKinds([]schema.GroupVersionKind{gvk})
	if !ok {
		return nil, fmt.Errorf("cannot convert %v", gvk)
	}
	if c.custom {
		in.GetObjectKind().SetGroupVersionKind(target)
		return in, nil
	}
	if u, isUnstructured := in.(*unstructured.Unstructured); isUnstructured {
		out, err := scheme.Scheme.New(target)
		if err != nil {
			return nil, err
		}
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(u.Object, out); err != nil {
			return nil, err
		}
		in = out
	}
	in.GetObjectKind().SetGroupVersionKind(target)
	return in, nil
}

func (c converter) ConvertFieldLabel(gvk schema.GroupVersionKind, label, value string) (string, string, error) {
	return label, value, nil
}

type defaulter struct{}

func (defaulter) Default(in runtime.Object) {}

type creater struct{ custom bool }

func (c creater) New(gvk schema.GroupVersionKind) (runtime.Object, error) {
	if c.custom {
		u := &unstructured.Unstructured{Object: map[string]interface{}{}}
		u.SetGroupVersionKind(gvk)
		return u, nil
	}
	obj, err := scheme.Scheme.New(gvk)
	if err != nil {
		return nil, err
	}
	obj.GetObjectKind().SetGroupVersionKind(gvk)
	return obj, nil
}

var typeConverters = map[string]managedfields.TypeConverter{}

func typeConverterFor(r request, gvk schema.GroupVersionKind) (managedfields.TypeConverter, error) {
	if len(r.Schema) == 0 {
		if typeConverters[""] == nil {
			typeConverters[""] = applyconfigurations.NewTypeConverter(scheme.Scheme)
		}
		return typeConverters[""], nil
	}
	if string(r.Schema) == `"deduced"` {
		return managedfields.NewDeducedTypeConverter(), nil
	}
	key := gvk.String() + string(r.Schema)
	if known := typeConverters[key]; known != nil {
		return known, nil
	}
	var s spec.Schema
	if err := json.Unmarshal(r.Schema, &s); err != nil {
		return nil, err
	}
	s.AddExtension("x-kubernetes-group-version-kind", []interface{}{
		map[string]interface{}{"group": gvk.Group, "version": gvk.Version, "kind": gvk.Kind},
	})
	made, err := managedfields.NewTypeConverter(map[string]*spec.Schema{"custom": &s}, false)
	if err == nil {
		typeConverters[key] = made
	}
	return made, err
}

func decode(raw json.RawMessage, gvk schema.GroupVersionKind, custom bool) (runtime.Object, error) {
	made := creater{custom}
	if len(raw) == 0 || string(raw) == "null" {
		return made.New(gvk)
	}
	obj, err := made.New(gvk)
	if err != nil {
		return nil, err
	}
	if u, isUnstructured := obj.(*unstructured.Unstructured); isUnstructured {
		return u, u.UnmarshalJSON(raw)
	}
	return obj, json.Unmarshal(raw, obj)
}

func encode(obj runtime.Object) (json.RawMessage, error) {
	accessor, err := meta.Accessor(obj)
	if err != nil {
		return nil, err
	}
	entries := accessor.GetManagedFields()
	for i := range entries {
		if entries[i].Time != nil && entries[i].Time.After(started) {
			now := metav1.NewTime(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC))
			entries[i].Time = &now
		}
	}
	accessor.SetManagedFields(entries)
	return json.Marshal(obj)
}

func failed(err error) answer {
	a := answer{Error: err.Error()}
	if status, ok := err.(errors.APIStatus); ok {
		a.Code = status.Status().Code
		if status.Status().Details != nil {
			for _, cause := range status.Status().Details.Causes {
				a.Causes = append(a.Causes, fmt.Sprintf("%s %s %s", cause.Type, cause.Message, cause.Field))
			}
		}
	}
	return a
}

func manage(r request) (answer, error) {
	gv, err := schema.ParseGroupVersion(r.APIVersion)
	if err != nil {
		return answer{}, err
	}
	gvk := gv.WithKind(r.Kind)
	custom := len(r.Schema) > 0
	types, err := typeConverterFor(r, gvk)
	if err != nil {
		return answer{}, err
	}
	var reset map[fieldpath.APIVersion]fieldpath.Filter
	if len(r.Reset) > 0 {
		set := fieldpath.NewSet()
		for _, names := range r.Reset {
			parts := []interface{}{}
			for _, name := range names {
				parts = append(parts, name)
			}
			set.Insert(fieldpath.MakePathOrDie(parts...))
		}
		reset = map[fieldpath.APIVersion]fieldpath.Filter{
			fieldpath.APIVersion(r.APIVersion): fieldpath.NewExcludeSetFilter(set),
		}
	}
	build := managedfields.NewDefaultFieldManager
	if custom {
		build = managedfields.NewDefaultCRDFieldManager
	}
	fm, err := build(types, converter{custom}, defaulter{}, creater{custom}, gvk, gv, r.Subresource, reset)
	if err != nil {
		return answer{}, err
	}
	live, err := decode(r.Live, gvk, custom)
	if err != nil {
		return answer{}, err
	}
	var result runtime.Object
	if r.Op == "apply" {
		config := &unstructured.Unstructured{Object: map[string]interface{}{}}
		// As the server reads it: numbers are floats.
		if err := json.Unmarshal(r.Next, &config.Object); err != nil {
			return answer{}, err
		}
		if result, err = fm.Apply(live, config, r.Manager, r.Force); err != nil {
			return failed(err), nil
		}
	} else {
		next, err := decode(r.Next, gvk, custom)
		if err != nil {
			return answer{}, err
		}
		if result, err = fm.Update(live, next, r.Manager); err != nil {
			managedfieldsGone := next
			accessor, accessErr := meta.Accessor(managedfieldsGone)
			if accessErr != nil {
				return answer{}, accessErr
			}
			accessor.SetManagedFields(nil)
			result = managedfieldsGone
		}
	}
	object, err := encode(result)
	return answer{Object: object}, err
}

// Sets of one value or two, as FieldsV1: what validate, toFieldSet, compare, merge and removeItems make of them.
func values(r request) (answer, error) {
	gv, err := schema.ParseGroupVersion(r.APIVersion)
	if err != nil {
		return answer{}, err
	}
	types, err := typeConverterFor(r, gv.WithKind(r.Kind))
	if err != nil {
		return answer{}, err
	}
	read := func(raw json.RawMessage, options ...typed.ValidationOptions) (*typed.TypedValue, error) {
		u := &unstructured.Unstructured{Object: map[string]interface{}{}}
		if err := json.Unmarshal(raw, &u.Object); err != nil {
			return nil, err
		}
		return types.ObjectToTyped(u, options...)
	}
	right, err := read(r.Next)
	if err != nil {
		return failed(err), nil
	}
	left, err := read(r.Live, typed.AllowDuplicates)
	if err != nil {
		return failed(err), nil
	}
	rightSet, err := right.ToFieldSet()
	if err != nil {
		return failed(err), nil
	}
	leftSet, err := left.ToFieldSet()
	if err != nil {
		return failed(err), nil
	}
	compared, err := left.Compare(right)
	if err != nil {
		return failed(err), nil
	}
	out := answer{}
	sets := []*fieldpath.Set{
		leftSet, rightSet, compared.Added, compared.Modified, compared.Removed,
		leftSet.Union(rightSet), leftSet.Intersection(rightSet), leftSet.Difference(rightSet),
		leftSet.RecursiveDifference(rightSet), rightSet.Leaves(),
		leftSet.EnsureNamedFieldsAreMembers(left.Schema(), left.TypeRef()),
	}
	for _, set := range sets {
		text, err := set.ToJSON()
		if err != nil {
			return answer{}, err
		}
		out.Sets = append(out.Sets, string(text))
	}
	out.Sets = append(out.Sets, leftSet.String())
	merged, err := left.Merge(right)
	if err != nil {
		return failed(err), nil
	}
	results := []interface{}{
		merged.AsValue().Unstructured(),
		left.RemoveItems(rightSet).AsValue().Unstructured(),
		left.ExtractItems(rightSet.Leaves()).AsValue().Unstructured(),
		left.ExtractItems(rightSet.Leaves(), typed.WithAppendKeyFields()).AsValue().Unstructured(),
	}
	out.Object, err = json.Marshal(results)
	return out, err
}

// FieldsV1 as upstream reads and writes it.
func roundTrip(r request) (answer, error) {
	set := &fieldpath.Set{}
	if err := set.FromJSON(strings.NewReader(string(r.Fields))); err != nil {
		return answer{Error: "invalid"}, nil
	}
	text, err := set.ToJSON()
	return answer{Sets: []string{string(text), set.String()}}, err
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	lines := json.NewDecoder(in)
	for lines.More() {
		var r request
		if err := lines.Decode(&r); err != nil {
			panic(err)
		}
		var a answer
		var err error
		switch r.Op {
		case "values":
			a, err = values(r)
		case "round-trip":
			a, err = roundTrip(r)
		default:
			a, err = manage(r)
		}
		if err != nil {
			a = answer{Error: "oracle: " + err.Error()}
		}
		if err := encoder.Encode(a); err != nil {
			panic(err)
		}
	}
}
