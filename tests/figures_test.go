package tests

import (
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestFigures compares the ratios of README, and those of its chart, with docs/performance.md.
func TestFigures(t *testing.T) {
	ratios := plainRatios(t, text(t, "../docs/performance.md"))
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

// plainRatios returns the ratios to plain overlay, by measure, of the first table that has them.
func plainRatios(t *testing.T, page string) map[string]float64 {
	t.Helper()
	ratios, column := map[string]float64{}, 0
	for line := range strings.Lines(page) {
		cells := strings.Split(strings.Trim(line, "| \n"), " | ")
		switch {
		case column == 0:
			column = max(slices.Index(cells, "ours / plain"), 0)
		case !strings.HasPrefix(line, "|"):
			return ratios
		case column < len(cells):
			if ratio, err := strconv.ParseFloat(strings.TrimSpace(cells[column]), 64); err == nil {
				ratios[cells[0]] = ratio
			}
		}
	}
	t.Fatal("docs/performance.md has no table with ratios to plain overlay")
	return nil
}

func text(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
