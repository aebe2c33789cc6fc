package main

import (
	"context"
	"encoding/json"
	"sort"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	schemacel "k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/model"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/cel/common"
)

func internalSchema(raw json.RawMessage) *apiextensions.JSONSchemaProps {
	v1 := &apiextv1.JSONSchemaProps{}
	if err := json.Unmarshal(raw, v1); err != nil {
		panic(err)
	}
	internal := &apiextensions.JSONSchemaProps{}
	if err := apiextv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(v1, internal, nil); err != nil {
		panic(err)
	}
	return internal
}

type errorsAnswer struct {
	Errors []string `json:"errors"`
}

func texts(errs field.ErrorList) errorsAnswer {
	out := errorsAnswer{Errors: []string{}}
	for _, e := range errs {
		out.Errors = append(out.Errors, string(e.Type)+" "+e.Error())
	}
	sort.Strings(out.Errors)
	return out
}

// checkSchema creates a CRD of one version with the schema.
func checkSchema(req request) errorsAnswer {
	crd := &apiextensions.CustomResourceDefinition{
		ObjectMeta: metav1.ObjectMeta{Name: "foos.example.com"},
		Spec: apiextensions.CustomResourceDefinitionSpec{
			Group: "example.com",
			Scope: apiextensions.ClusterScoped,
			Names: apiextensions.CustomResourceDefinitionNames{
				Plural: "foos", Singular: "foo", Kind: "Foo", ListKind: "FooList",
			},
			PreserveUnknownFields: new(bool),
			Versions:              []apiextensions.CustomResourceDefinitionVersion{{Name: "v1", Served: true, Storage: true}},
			Validation:            &apiextensions.CustomResourceValidation{OpenAPIV3Schema: internalSchema(req.Schema)},
			Conversion:            &apiextensions.CustomResourceConversion{Strategy: apiextensions.NoneConverter},
		},
		Status: apiextensions.CustomResourceDefinitionStatus{StoredVersions: []string{"v1"}},
	}
	return texts(validation.ValidateCustomResourceDefinition(context.Background(), crd))
}

// validateObject holds an object, and what it was before if it is an update, against the rules of its schema.
func validateObject(req request) errorsAnswer {
	s, err := structuralschema.NewStructural(internalSchema(req.Schema))
	if err != nil {
		panic(err)
	}
	validator := schemacel.NewValidator(s, req.Root, celconfig.PerCallLimit)
	obj := decode(req.Self)
	var old any
	var opts []schemacel.Option
	if req.Old != nil {
		old = decode(req.Old)
		opts = append(opts, schemacel.WithRatcheting(common.NewCorrelatedObject(obj, old, &model.Structural{Structural: s})))
	}
	errs, _ := validator.Validate(context.Background(), nil, s, obj, old, celconfig.RuntimeCELCostBudget, opts...)
	return texts(errs)
}
