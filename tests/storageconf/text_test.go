package storageconf_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/config"
)

// TestText has both read the same texts: first ones that somebody may write, then
// random ones.
func TestText(t *testing.T) {
	texts := []string{
		"",
		"[storage]",
		"[storage]\ndriver = 'overlay2'",
		"[STORAGE]\nDriver = 'overlay'\n[STORAGE.options.overlay]\nuse_composefs = 'true'",
		"[storage]\nDriver = 'overlay'\n[storage.Options.Overlay]\nUse_Composefs = 'true'",
		"[storage]\ndriver = 'overlay'\n[storage.options]\nuse_composefs = 'true'",
		"[storage.options.overlay]\nuse_composefs = 'true'",
		"[storage]\noptions.pull_options.convert_images = 'TRUE'",
		"[storage.options]\npull_options = {convert_images = '1', ostree_repos = ':/a::/b'}",
		"[storage.options]\npull_options = {convert_images = true}",
		"[storage.options.pull_options]\nConvert_images = 'true'",
		"[storage]\ndriver = 'vfs'\n[storage.options]\nadditionalimagestores = ['/a', '/b']",
		"[storage]\nrootless_storage_path = '/u'",
		"[storage.options.overlay]\nmountopt = true",
		"[storage.options.overlay]\nsize = 10",
		"[storage.options.zfs]\nfsname = []",
		"[storage.options]\nthinpool = ''",
		"[storage.options]\nauto-userns-max-size = '1'",
		"[storage.options]\nauto-userns-max-size = 4294967296",
		"[storage.options]\nforce_mask = '0700'",
		"[storage.options]\nadditionallayerstores = ['/a', 1]",
		"[storage.options]\nadditionalimagestores = ['/a', {append = true}]",
		"[storage.options]\nadditionalimagestores = [{append = true}]",
		"[storage.options]\nadditionalimagestores = [{append = false, Append = true}]",
		"[storage.options]\nadditionalimagestores = [{}, '/a', {append = 1}]",
		"[storage]\ndriver_priority = [{}, 'vfs']",
		"[[storage.options.additionalimagestores]]\nappend = true",
		"[storage.options]\nmount_program = '/a'\nsize = '1G'\nforce_mask = 0o755\n[storage.options.overlay]\nmount_program = '/b'\nsize = '0'\nforce_mask = ''",
		"[storage.options]\nmount_program = '/a'\nignore_chown_errors = 'true'\n[storage.options.overlay]\nignore_chown_errors = 'false'\nforce_mask = '0700'",
		"[storage.options.vfs]\nsync = 'none'\n[storage.options.zfs]\nfsname = 'x'\n[storage.options.overlay]\nsync = 'filesystem'",
		"[storage.options.aufs]\nmountopt = 'x'",
		"[storage]\ntransient_store = 'true'",
		"[storage]\nunknown = 1\n[storage.unknown]\ndriver = 1",
		"[[storage]]",
		"[storage",
		"\ufeff[storage]\r\ndriver = 'overlay'\r\n",
	}
	for seed := range uint64(1000) {
		texts = append(texts, randomText(rand.New(rand.NewPCG(seed, 0))))
	}
	accepted := 0
	for _, text := range texts {
		if compareText(t, text) {
			accepted++
		}
	}
	if share := accepted * 100 / len(texts); share < 20 || share > 95 {
		t.Errorf("%d%% of the texts were accepted: too few of one kind to say anything", share)
	}
}

// compareText reports whether a text was accepted, by both.
func compareText(t *testing.T, text string) bool {
	t.Helper()
	file := filepath.Join(t.TempDir(), "storage.conf")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	up, errUp, o, err := read(t, file)
	var value *config.ValueError
	switch {
	case errUp != nil && err != nil:
		return false
	case errUp != nil:
		t.Errorf("upstream: %v, accepted here:\n%s", errUp, text)
	case errors.As(err, &value) && (strings.Contains(value.Want, "absolute") || strings.Contains(value.Want, "true") || strings.Contains(value.Want, "octal")):
		return false // the driver's complaint, see TestDriverOptions
	case err != nil:
		t.Errorf("%v, accepted upstream:\n%s", err, text)
	default:
		if d := diff(&up, o); d != "" {
			t.Errorf("%s\n%s", d, text)
		}
		return true
	}
	return false
}

// TestStricter names what upstream accepts and does something random or nothing with.
func TestStricter(t *testing.T) {
	for _, text := range []string{
		"[storage]\ndriver = 'overlay'\n[Storage]\ndriver = 'vfs'",
		"[storage]\ndriver = 'overlay'\nDriver = 'vfs'",
		"[storage.options]\npull_options = 'convert_images=true'",
	} {
		file := filepath.Join(t.TempDir(), "storage.conf")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, errUp, _, err := read(t, file)
		if errUp != nil {
			t.Errorf("upstream: %v, this is no difference any more:\n%s", errUp, text)
		}
		if err == nil {
			t.Errorf("accepted:\n%s", text)
		}
	}
}

// randomText writes keys, of which about every sixth text has one with a wrong type.
func randomText(r *rand.Rand) string {
	bad := r.IntN(60)
	pick := func(values ...string) string {
		if bad--; bad == 0 {
			return []string{"true", "1", "['true']", "{a = 'b'}", "2020-01-01", "1.5", "-1", "4294967296", "['a', {append = true}]"}[r.IntN(9)]
		}
		return values[r.IntN(len(values))]
	}
	bools := []string{`"true"`, `"True"`, `"1"`, `"t"`, `"false"`, `"0"`, `" true "`}
	var b strings.Builder
	line := func(key string, values ...string) {
		if value := pick(values...); r.IntN(3) > 0 {
			fmt.Fprintf(&b, "%s = %s\n", anyCase(r, key), value)
		}
	}
	b.WriteString("[storage]\n")
	line("driver", `"overlay"`, `"overlay"`, `"overlay2"`, `"vfs"`, `""`)
	line("graphroot", `"/g"`, `"/g/../h"`, `""`)
	line("runroot", `"/r"`, `""`)
	line("imagestore", `"/i"`, `""`)
	line("rootless_storage_path", `"/u"`, `"$HOME/u"`)
	line("driver_priority", `["overlay", "vfs"]`, `[]`)
	line("transient_store", `true`, `false`)
	b.WriteString("[storage.options]\n")
	line("auto-userns-min-size", `0`, `65536`, `4294967295`)
	line("disable-volatile", `true`, `false`)
	line("additionallayerstores", `[]`)
	line("force_mask", `0o700`, `0`)
	line("vfs", `{}`, `{ignore_chown_errors = "true"}`)
	line("use_composefs", bools...)
	line("additionalimagestores", `[]`, `["/a"]`, `["/a", "/b/"]`, `["/a,/b", ""]`, `["a"]`)
	inline := r.IntN(2) == 0
	sep := "\n"
	if inline {
		b.WriteString("pull_options = {")
		sep = ", "
	} else {
		b.WriteString("[storage.options.pull_options]\n")
	}
	var pull []string
	for _, key := range []string{"convert_images", "enable_partial_images", "use_hard_links", "insecure_allow_unpredictable_image_contents", "x"} {
		if r.IntN(3) > 0 {
			pull = append(pull, key+" = "+pick(bools...))
		}
	}
	pull = append(pull, "ostree_repos = "+pick(`""`, `"/a"`, `"/a::/b"`))
	b.WriteString(strings.Join(pull, sep))
	if inline {
		b.WriteString("}")
	}
	b.WriteString("\n[storage.options.overlay]\n")
	line("use_composefs", append(bools, `""`, `"yes"`)...)
	line("mountopt", `"nodev"`, `""`)
	line("size", `"10G"`)
	line("inodes", `"1000"`)
	b.WriteString("no_such_option = 1\n")
	return b.String()
}

// anyCase spells a key in some other case now and then.
func anyCase(r *rand.Rand, key string) string {
	switch r.IntN(8) {
	case 0:
		return strings.ToUpper(key)
	case 1:
		return strings.ToUpper(key[:1]) + key[1:]
	}
	return key
}
