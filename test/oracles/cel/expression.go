package main

import (
	"fmt"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/checker"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/interpreter"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	schemacel "k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/model"
	"k8s.io/apimachinery/pkg/util/version"
	apiservercel "k8s.io/apiserver/pkg/cel"
	"k8s.io/apiserver/pkg/cel/environment"
	"k8s.io/apiserver/pkg/cel/library"
)

type answer struct {
	Issues  string `json:"issues,omitempty"`
	Type    string `json:"type,omitempty"`
	Min     uint64 `json:"min"`
	Max     uint64 `json:"max"`
	Program string `json:"program,omitempty"`
	Value   string `json:"value,omitempty"`
	Error   string `json:"error,omitempty"`
	Cost    uint64 `json:"cost"`
}
type activation map[string]ref.Val

func (a activation) ResolveName(name string) (any, bool) { v, ok := a[name]; return v, ok }
func (a activation) Parent() interpreter.Activation      { return nil }

type sizes struct{ root *apiservercel.DeclType }

func (c *sizes) EstimateSize(element checker.AstNode) *checker.SizeEstimate {
	if len(element.Path()) == 0 || c.root == nil {
		return nil
	}
	node := c.root
	for _, name := range element.Path()[1:] {
		switch name {
		case "@items", "@values":
			node = node.ElemType
		case "@keys":
			node = node.KeyType
		default:
			field, ok := node.Fields[name]
			if !ok {
				return nil
			}
			node = field.Type
		}
		if node == nil {
			return nil
		}
	}
	return &checker.SizeEstimate{Min: 0, Max: uint64(node.MaxElements)}
}

func (c *sizes) EstimateCallCost(string, string, *checker.AstNode, []checker.AstNode) *checker.CallEstimate {
	return nil
}

func run(req request) (out answer) {
	defer func() {
		if r := recover(); r != nil {
			out.Error = fmt.Sprintf("panic: %v", r)
		}
	}()
	set := environment.MustBaseEnvSet(version.MajorMinor(1, 35))
	vars := activation{}
	var root *apiservercel.DeclType
	if req.Schema != nil {
		s, err := structuralschema.NewStructural(internalSchema(req.Schema))
		if err != nil {
			panic(err)
		}
		root = model.SchemaDeclType(s, req.Root)
		named := root.MaybeAssignTypeName("selfType1")
		set, err = set.Extend(environment.VersionedOptions{
			IntroducedVersion: version.MajorMinor(1, 0),
			EnvOptions:        []cel.EnvOption{cel.Variable("self", named.CelType()), cel.Variable("oldSelf", named.CelType())},
			DeclTypes:         []*apiservercel.DeclType{named},
		})
		if err != nil {
			panic(err)
		}
		at := s
		if req.Root {
			at = model.WithTypeAndObjectMeta(s)
		}
		if req.Self != nil {
			vars["self"] = schemacel.UnstructuredToVal(decode(req.Self), at)
		}
		if req.Old != nil {
			vars["oldSelf"] = schemacel.UnstructuredToVal(decode(req.Old), at)
		}
	}
	env := set.NewExpressionsEnv()
	ast, issues := env.Compile(req.Expr)
	if issues != nil {
		out.Issues = issues.String()
		return
	}
	out.Type = checker.FormatCELType(ast.OutputType())
	estimator := &library.CostEstimator{SizeEstimator: &sizes{root}}
	est, err := env.EstimateCost(ast, estimator)
	if err != nil {
		panic(err)
	}
	out.Min, out.Max = est.Min, est.Max
	prog, err := env.Program(ast, cel.CostLimit(1000000), cel.CostTracking(estimator), cel.InterruptCheckFrequency(100))
	if err != nil {
		out.Program = err.Error()
		return
	}
	val, det, err := prog.Eval(vars)
	if det != nil && det.ActualCost() != nil {
		out.Cost = *det.ActualCost()
	}
	if err != nil {
		out.Error = err.Error()
		return
	}
	out.Value = show(val)
	return
}

