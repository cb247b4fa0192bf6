package tests

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestFigures compares the ratios of README, and those of its chart, with docs/performance.md.
func TestFigures(t *testing.T) {
	ratios := map[string]float64{} // by measure, to plain overlay
	page := text(t, "../docs/performance.md")
	_, table, _ := strings.Cut(page, "| ours / plain |")
	for _, row := range regexp.MustCompile(`(?m)^\| ([^|]+) \|(?:[^|]*\|){5} ([0-9.]+) \|`).FindAllStringSubmatch(table, -1) {
		if ratio, err := strconv.ParseFloat(row[2], 64); err == nil && ratios[row[1]] == 0 {
			ratios[row[1]] = ratio
		}
	}
	readme := text(t, "../README.md")
	rows := regexp.MustCompile(`(?m)^\| .* \| ([0-9.]+) \| (.*) \|$`).FindAllStringSubmatch(readme, -1)
	if len(rows) != 5 {
		t.Errorf("README has %d figures, want 5", len(rows))
	}
	for _, row := range rows {
		// The page has three digits, so 0.825 may be rounded either way.
		if shown, err := strconv.ParseFloat(row[1], 64); err != nil || math.Abs(shown-ratios[row[2]]) > 0.0051 {
			t.Errorf("README has %s for %q, docs/performance.md %.3f", row[1], row[2], ratios[row[2]])
		}
	}
	for _, measure := range []string{"app: pull, wall", "app: disk, bytes", "family: next versions, new bytes", "app: pull, peak memory"} {
		for _, chart := range []string{"bench.svg", "bench-summary.svg"} {
			shown := strconv.FormatFloat(ratios[measure], 'f', -1, 64)
			if !regexp.MustCompile(`>` + regexp.QuoteMeta(shown) + `0*×<`).MatchString(text(t, "../docs/"+chart)) {
				t.Errorf("docs/%s lacks %s of %q", chart, shown, measure)
			}
		}
	}
}

func text(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
