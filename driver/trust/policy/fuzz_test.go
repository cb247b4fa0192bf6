package policy_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/driver/trust/policy"
)

// FuzzPolicy: any text gives entries or an error that names the file, and the same ones
// again. Entries are whole, and written down once more they mean the same.
func FuzzPolicy(f *testing.F) {
	f.Add("[[image]]\nconfig = 'sha256:" + a + "'\nmerged = '" + b + "'\n")
	f.Add("[[image]]\nlayer = '" + a + "'\noci = '" + long + "'\n[[image]]\nconfig = '" + b + "'\noci = '" + b + "'")
	f.Add("[[image]]\nlayer = '" + a + "'\nbootable = '" + long + "'")
	f.Add("image = [{config = 1}]")
	f.Add("x = '''\n[[image]]\n'''")
	f.Add("[[image]]\n[image.config]\n[[image]]")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := policy.Parse("p.toml", []byte(text))
		again, errAgain := policy.Parse("p.toml", []byte(text))
		if !reflect.DeepEqual(list, again) || fmt.Sprint(err) != fmt.Sprint(errAgain) {
			t.Fatalf("Parse = %v, %v, and then %v, %v", list, err, again, errAgain)
		}
		if err != nil {
			if list != nil || !strings.HasPrefix(err.Error(), "p.toml:") {
				t.Errorf("Parse = %v, %v", list, err)
			}
			return
		}
		var written strings.Builder
		for _, e := range list {
			if (e.Config == "") == (e.Layer == "") || len(e.Config+e.Layer) != 64 || e.Merged == nil && e.OCI == "" && e.Bootable == "" {
				t.Errorf("entry %+v", e)
			}
			written.WriteString(e.String())
		}
		got, err := policy.Parse("p.toml", []byte(written.String()))
		for i := range got {
			got[i].Source = list[i].Source
		}
		if err != nil || !reflect.DeepEqual(got, list) {
			t.Errorf("written down:\n%s%v, %v", &written, got, err)
		}
	})
}
