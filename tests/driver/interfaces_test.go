//go:build linux

package driver_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/containers/storage/drivers/overlay"

	"github.com/composefs-storage/composefs-storage/driver"
)

// decision is the way in which our driver gets a method that the stock driver has.
type decision struct {
	ours  bool   // package driver declares the method
	plain bool   // and also where composefs cannot work: see driver.Init
	stock string // why the method of the stock driver is right, if it is not ours
	since int    // the minor version of containers/storage that brings the method, if not all have it
}

// decisions has each exported method of the stock driver, of all versions of containers/storage in
// hack/upstreams. Our driver embeds the stock driver and so gets its methods. containers/storage asks
// with type assertions for those of optional interfaces: a new one of these would be used for composefs
// layers, and nobody would notice.
var decisions = map[string]decision{
	"AdditionalImageStores":         {stock: "the stores are those of storage.conf, whatever layers they have"},
	"ApplyDiff":                     {ours: true},
	"ApplyDiffFromStagingDirectory": {ours: true},
	"ApplyDiffWithDiffer":           {ours: true, plain: true},
	"Changes":                       {ours: true},
	"Cleanup":                       {ours: true},
	"CleanupStagingDirectory":       {ours: true},
	"CommitStagedLayer":             {ours: true, since: 62},
	"Create":                        {ours: true, plain: true},
	"CreateFromTemplate":            {ours: true, plain: true},
	"CreateReadWrite":               {ours: true, plain: true},
	"Dedup":                         {stock: "files of equal content share extents, and keep their contents and names"},
	"DeferredRemove":                {ours: true},
	"Diff":                          {ours: true},
	"DiffGetter":                    {ours: true},
	"DiffSize":                      {ours: true},
	"DifferTarget":                  {stock: "partial pulls find the objects of a composefs layer in its directory diff"},
	"Exists":                        {stock: "layers of both kinds have a directory"},
	"Get":                           {ours: true, plain: true},
	"GetTempDirRootDirs":            {stock: "DeferredRemove of the stock driver moves layers of both kinds there"},
	"LayerFiles":                    {ours: true, plain: true, since: 65},
	"ListLayers":                    {stock: "layers of both kinds have a directory"},
	"LookupAdditionalLayer":         {stock: "layers of additional layer stores are plain"},
	"LookupAdditionalLayerByID":     {stock: "layers of additional layer stores are plain"},
	"Metadata":                      {ours: true},
	"Put":                           {ours: true},
	"ReadWriteDiskUsage":            {stock: "the upper directory of a container is plain"},
	"Remove":                        {ours: true},
	"StartStagingDiffToApply":       {ours: true, since: 62},
	"Status":                        {ours: true, plain: true},
	"String":                        {stock: "the name of the driver in the store stays"},
	"SupportsShifting":              {stock: "the kernel decides, and mounts of both kinds use the same mapping"},
	"SyncMode":                      {stock: "the store syncs layers of both kinds by the option in storage.conf", since: 63},
	"UpdateLayerIDMap":              {ours: true},
}

// TestOptionalInterfaces compares the methods of the stock driver with the decisions about them, for the
// driver and for the one that Init returns where composefs cannot work.
func TestOptionalInterfaces(t *testing.T) {
	report(t, "methods", newStockMethods(t).check(decisions, initialized(t)))
}

// TestOptionalInterfacesNegative checks that wrong decisions are found.
func TestOptionalInterfacesNegative(t *testing.T) {
	s, drivers := newStockMethods(t), initialized(t)
	s.version = 100 // later than every version that decisions name
	for name, tc := range map[string]struct {
		method string
		d      *decision // nil: none
		want   string
	}{
		"undecided":             {"DiffGetter", nil, "graphdriver.DiffGetterDriver asks for it"},
		"undecided, required":   {"Exists", nil, "graphdriver.ProtoDriver asks for it"},
		"not replaced":          {"Exists", &decision{ours: true}, "its method is that of overlay.Driver"},
		"replaced":              {"Get", &decision{stock: "because"}, "its method is that of driver.plain"},
		"not replaced in plain": {"Diff", &decision{ours: true, plain: true}, "Diff is to be ours: true; *driver.plain"},
		"without a reason":      {"Exists", &decision{}, "without a reason"},
		"of no version":         {"Missing", &decision{ours: true}, "has no such method"},
		"of an older version":   {"Gone", &decision{ours: true, since: 99}, "has no such method"},
		"older than it says":    {"Get", &decision{ours: true, plain: true, since: 101}, "comes with 1.101"},
	} {
		wrong := maps.Clone(decisions)
		for method, d := range wrong {
			if s.methods[method] == nil {
				delete(wrong, method) // of a later version
			} else {
				d.since = 0
				wrong[method] = d
			}
		}
		if delete(wrong, tc.method); tc.d != nil {
			wrong[tc.method] = *tc.d
		}
		found := s.check(wrong, drivers)
		if len(found) == 0 || !strings.Contains(strings.Join(found, "\n"), tc.want) {
			t.Errorf("%s: %q, want %q", name, found, tc.want)
		}
	}
	if got := s.implements(reflect.TypeFor[otherGetter](), "DiffGetter"); !strings.Contains(got, "has the type") {
		t.Errorf("another signature: %q", got)
	}
}

// otherGetter has a method of the stock driver with another signature.
type otherGetter struct{}

func (otherGetter) DiffGetter() {}

// initialized returns the types of the drivers that Init returns: where composefs works, and where not.
func initialized(t *testing.T) map[reflect.Type]func(decision) bool {
	t.Helper()
	off := newDirs(t)
	must(t, os.Mkdir(off.home(), 0o700))
	must(t, os.WriteFile(off.home()+"/.has-mount-program", []byte("true"), 0o600))
	return map[reflect.Type]func(decision) bool{
		reflect.TypeOf(newStore(t, kind{}).Driver): func(d decision) bool { return d.ours },
		reflect.TypeOf(off.open(t, kind{}).Driver): func(d decision) bool { return d.plain },
	}
}

// stockMethods are the exported methods of the stock driver.
type stockMethods struct {
	version  int                        // the minor version of containers/storage
	methods  map[string]reflect.Type    // by name, without the receiver
	askers   map[string]string          // interfaces by the names of their methods
	declared map[string]map[string]bool // methods that package driver declares, by receiver
}

func newStockMethods(t *testing.T) *stockMethods {
	t.Helper()
	stock := reflect.TypeFor[*overlay.Driver]()
	module := strings.TrimSuffix(stock.Elem().PkgPath(), "/drivers/overlay")
	s := &stockMethods{methods: methodsOf(stock), askers: map[string]string{}, declared: map[string]map[string]bool{}}
	mod, err := os.ReadFile("../../go.mod")
	must(t, err)
	version := regexp.MustCompile(regexp.QuoteMeta(module) + ` v1\.(\d+)\.`).FindSubmatch(mod)
	if version == nil {
		t.Fatalf("go.mod does not require %s", module)
	}
	s.version, err = strconv.Atoi(string(version[1]))
	must(t, err)
	for dir, name := range map[string]string{"drivers": "graphdriver", "internal/driver": "internal/driver"} {
		s.addAskers(t, filepath.Join("../../vendor", module, dir), name)
	}
	for _, d := range declarations(t, "../../driver") {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil {
			s.declare(f)
		}
	}
	if len(s.askers) < 20 || len(s.declared["Driver"]) < 10 {
		t.Fatalf("%d methods of interfaces, %d of Driver", len(s.askers), len(s.declared["Driver"]))
	}
	return s
}

// addAskers notes the interfaces of a package by their methods.
func (s *stockMethods) addAskers(t *testing.T, dir, pkg string) {
	t.Helper()
	for _, d := range declarations(t, dir) {
		ast.Inspect(d, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			if i, ok := spec.Type.(*ast.InterfaceType); ok {
				for _, m := range i.Methods.List {
					for _, name := range m.Names {
						s.askers[name.Name] = pkg + "." + spec.Name.Name
					}
				}
			}
			return false
		})
	}
}

// declare notes a method, whose receiver may be a pointer and generic.
func (s *stockMethods) declare(f *ast.FuncDecl) {
	typ := f.Recv.List[0].Type
	if p, ok := typ.(*ast.StarExpr); ok {
		typ = p.X
	}
	switch g := typ.(type) {
	case *ast.IndexExpr:
		typ = g.X
	case *ast.IndexListExpr:
		typ = g.X
	}
	name := typ.(*ast.Ident).Name
	if s.declared[name] == nil {
		s.declared[name] = map[string]bool{}
	}
	s.declared[name][f.Name.Name] = true
}

// declarations returns those of the Go files in a directory, without tests.
func declarations(t *testing.T, dir string) (list []ast.Decl) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	must(t, err)
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		must(t, err)
		list = append(list, f.Decls...)
	}
	return list
}

// methodsOf returns the exported methods of a type, without their receiver.
func methodsOf(t reflect.Type) map[string]reflect.Type {
	methods := map[string]reflect.Type{}
	for v, i := reflect.Zero(t), 0; i < t.NumMethod(); i++ {
		methods[t.Method(i).Name] = v.Method(i).Type()
	}
	return methods
}

// check returns the mistakes in the decisions for the drivers. The functions report whether a method of a
// driver is ours.
func (s *stockMethods) check(decided map[string]decision, drivers map[reflect.Type]func(decision) bool) (mistakes []string) {
	add := func(format string, args ...any) { mistakes = append(mistakes, fmt.Sprintf(format, args...)) }
	for _, name := range slices.Sorted(maps.Keys(s.methods)) {
		d, ok := decided[name]
		switch {
		case !ok:
			add("decisions lacks %s of the stock driver, and %s asks for it\nhint: find out how it treats composefs layers; then declare it in package driver, or add the reason why it is right to decisions", name, s.asker(name))
			continue
		case d.since > s.version:
			add("%s comes with 1.%d, and 1.%d has it", name, d.since, s.version)
		case !d.ours && d.stock == "":
			add("%s is the stock driver's without a reason", name)
		}
		for typ, isOurs := range drivers {
			owner := s.owner(typ, name)
			if ours := isOurs(d); ours != (owner.PkgPath() == reflect.TypeFor[driver.Driver]().PkgPath()) {
				add("%s is to be ours: %v; %v: its method is that of %v (%s asks for it)", name, ours, typ, owner, s.asker(name))
			}
			if wrong := s.implements(typ, name); wrong != "" {
				add("%s", wrong)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(decided)) {
		if s.methods[name] == nil && decided[name].since <= s.version {
			add("%s: the stock driver of 1.%d has no such method\nhint: if an older version has it, keep the decision out of this version, otherwise remove it", name, s.version)
		}
	}
	return mistakes
}

func (s *stockMethods) asker(method string) string {
	if name := s.askers[method]; name != "" {
		return name
	}
	return "no interface of package graphdriver"
}

// implements returns why a driver does not have a method as the stock driver does, or "". containers/storage
// would take it for a driver without the optional interface.
func (s *stockMethods) implements(t reflect.Type, method string) string {
	got, want := methodsOf(t)[method], s.methods[method]
	switch {
	case got == nil:
		return fmt.Sprintf("%v has no method %s, which %s asks for", t, method, s.asker(method))
	case got != want:
		return fmt.Sprintf("%v: %s has the type %v, and %s asks for %v", t, method, got, s.asker(method), want)
	}
	return ""
}

// owner returns the type that declares a method of t: t or the nearest of the types that it embeds.
func (s *stockMethods) owner(t reflect.Type, method string) reflect.Type {
	for level := []reflect.Type{t}; len(level) > 0; {
		var next []reflect.Type
		for _, t := range level {
			if t.Kind() == reflect.Pointer {
				t = t.Elem()
			}
			generic, _, _ := strings.Cut(t.Name(), "[")
			if t == reflect.TypeFor[overlay.Driver]() || s.declared[generic][method] {
				return t
			}
			for i := range t.NumField() {
				if f := t.Field(i); f.Anonymous {
					next = append(next, f.Type)
				}
			}
		}
		level = next
	}
	return reflect.TypeFor[struct{}]()
}
