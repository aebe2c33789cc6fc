package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	celgo "github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/version"
	"k8s.io/apiserver/pkg/admission"
	plugincel "k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/apiserver/pkg/cel/environment"
	"k8s.io/apiserver/pkg/cel/mutation"
	"k8s.io/apiserver/pkg/cel/mutation/dynamic"
)

// admissionSetting is what an expression of an admission policy sees.
type admissionSetting struct {
	Composes     bool              `json:"composes,omitempty"`
	Variables    [][2]string       `json:"variables,omitempty"`
	HasParams    bool              `json:"hasParams,omitempty"`
	NoAuthorizer bool              `json:"noAuthorizer,omitempty"`
	PatchTypes   bool              `json:"patchTypes,omitempty"`
	Wanted       string            `json:"wanted,omitempty"`
	Object       json.RawMessage   `json:"object,omitempty"`
	OldObject    json.RawMessage   `json:"oldObject,omitempty"`
	Params       json.RawMessage   `json:"params,omitempty"`
	Namespace    *corev1.Namespace `json:"namespace,omitempty"`
	Budget       int64             `json:"budget,omitempty"`
}

// admissionAnswer has either a fault or the rest.
type admissionAnswer struct {
	Fault string `json:"fault,omitempty"`
	Value string `json:"value,omitempty"`
	Error string `json:"error,omitempty"`
	Left  int64  `json:"left,omitempty"`
}

type namedExpression struct {
	name, source string
	types        []*celgo.Type
}

func (e namedExpression) GetName() string            { return e.name }
func (e namedExpression) GetExpression() string      { return e.source }
func (e namedExpression) ReturnTypes() []*celgo.Type { return e.types }

var wantedTypes = map[string][]*celgo.Type{
	"toBool":       {celgo.BoolType},
	"toText":       {celgo.StringType},
	"toTextOrNull": {celgo.StringType, celgo.NullType},
	"toObject":     {types.NewObjectType("Object")},
	"toPatches":    {celgo.ListType(types.NewObjectType("JSONPatch"))},
	"":             {celgo.AnyType, celgo.DynType},
}

// getters allows what is asked with the verb get, and to the service account in the namespace trusted everything.
func getters(_ context.Context, a authorizer.Attributes) (authorizer.Decision, string, error) {
	if a.GetVerb() == "get" || strings.HasPrefix(a.GetUser().GetName(), "system:serviceaccount:trusted:") {
		return authorizer.DecisionAllow, fmt.Sprintf("%s may %s %s%s in %s", a.GetUser().GetName(), a.GetVerb(), a.GetPath(), a.GetResource(), a.GetNamespace()), nil
	}
	return authorizer.DecisionNoOpinion, "", nil
}

func objectOf(raw json.RawMessage) runtime.Object {
	if len(raw) == 0 {
		return nil
	}
	return &unstructured.Unstructured{Object: decode(raw).(map[string]any)}
}

// showMade prints values of the types of mutations too.
func showMade(v ref.Val) string {
	switch t := v.(type) {
	case *dynamic.ObjectVal:
		if err := t.CheckTypeNamesMatchFieldPathNames(); err != nil {
			return "type mismatch: " + err.Error()
		}
		b, err := json.Marshal(t.Value())
		if err != nil {
			return err.Error()
		}
		return t.Type().TypeName() + string(b)
	case *mutation.JSONPatchVal:
		value := ""
		if t.Val != nil {
			value = showMade(t.Val)
		}
		return fmt.Sprintf("JSONPatch{%q %q %q %s}", t.Op, t.Path, t.From, value)
	case traits.Lister:
		parts := []string{}
		for it := t.Iterator(); it.HasNext() == types.True; {
			parts = append(parts, showMade(it.Next()))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return show(v)
}

func evaluateAdmission(req request) admissionAnswer {
	s := req.admissionSetting
	options := plugincel.OptionalVariableDeclarations{HasParams: s.HasParams, HasAuthorizer: true}
	base := environment.MustBaseEnvSet(version.MajorMinor(1, 36))
	ctx := context.Background()
	var compiler plugincel.MutatingCompiler
	own := options
	own.HasAuthorizer = !s.NoAuthorizer
	own.HasPatchTypes = s.PatchTypes
	expression := namedExpression{"", req.Expr, wantedTypes[s.Wanted]}
	var evaluator plugincel.MutatingEvaluator
	if s.Composes {
		composed, err := plugincel.NewCompositedCompiler(base)
		if err != nil {
			panic(err)
		}
		for _, v := range s.Variables {
			composed.CompileAndStoreVariable(namedExpression{v[0], v[1], wantedTypes[""]}, options, environment.StoredExpressions)
		}
		ctx = composed.CreateContext(ctx)
		compiler = composed
		evaluator = compiler.CompileMutatingEvaluator(expression, own, environment.StoredExpressions)
	} else {
		evaluator = plugincel.NewMutatingEvaluator(plugincel.NewCompiler(base).CompileCELExpression(expression, own, environment.StoredExpressions))
	}
	if errs := evaluator.CompilationErrors(); len(errs) > 0 {
		return admissionAnswer{Fault: errs[0].Error()}
	}
	gvk := schema.GroupVersionKind{Group: "stable.example.com", Version: "v1", Kind: "Thing"}
	gvr := schema.GroupVersionResource{Group: "stable.example.com", Version: "v1", Resource: "things"}
	object, old, params := objectOf(s.Object), objectOf(s.OldObject), objectOf(s.Params)
	who := &user.DefaultInfo{Name: "jane", Groups: []string{"team"}}
	attributes := admission.NewAttributesRecord(object, old, gvk, "here", "it", gvr, "", admission.Create, &metav1.CreateOptions{TypeMeta: metav1.TypeMeta{Kind: "CreateOptions", APIVersion: "meta.k8s.io/v1"}}, false, who)
	versioned := &admission.VersionedAttributes{Attributes: attributes, VersionedObject: object, VersionedOldObject: old, VersionedKind: gvk}
	admissionRequest := plugincel.CreateAdmissionRequest(attributes, metav1.GroupVersionResource(gvr), metav1.GroupVersionKind(gvk))
	inputs := plugincel.OptionalVariableBindings{VersionedParams: params}
	if !s.NoAuthorizer {
		inputs.Authorizer = authorizer.AuthorizerFunc(getters)
	}
	budget := s.Budget
	if budget == 0 {
		budget = 10_000_000
	}
	result, left, err := evaluator.ForInput(ctx, versioned, admissionRequest, inputs, plugincel.CreateNamespaceObject(s.Namespace), budget)
	if err != nil {
		return admissionAnswer{Error: err.Error()}
	}
	if result.Error != nil {
		return admissionAnswer{Error: result.Error.Error(), Left: left}
	}
	return admissionAnswer{Value: showMade(result.EvalResult), Left: left}
}
