using System.Text;
using Cnn.Engine.Checks;
using Cnn.Engine.Runs;

namespace Cnn.Runner.Reports;

/// <summary>Writes what the checks of layers found, for people.</summary>
internal static class LayerCheckText
{
    private const string Legend =
        "Gradients: values compared, of all. Small shapes, reshaping: shapes that ran, of those tried;\n"
        + "the others are refused in words.\n";

    /// <summary>
    /// Returns a table with a row for each layer and a column for each check, then a line for each check that fails,
    /// then why others do not apply.
    /// </summary>
    public static string Describe(IReadOnlyList<LayerCheckReport> reports)
    {
        LayerCheck[] checks = Enum.GetValues<LayerCheck>();
        var table = new TextTable(["layer", "type", .. checks.Select(NameOf)]);
        foreach (LayerCheckReport report in reports)
        {
            table.Add([report.Name, report.Type, .. checks.Select(check => Cell(report[check]))]);
        }

        var text = new StringBuilder().Append(table).Append('\n').Append(Legend);
        AppendReasons(text, reports);
        int failing = reports.Count(r => !r.Holds);
        text.Append('\n');
        foreach (LayerCheckReport report in reports)
        {
            foreach (LayerCheckResult result in report.Results.Where(r => r.Outcome == CheckOutcome.Fails))
            {
                text.Append($"layer '{report.Name}' ({report.Type}): {NameOf(result.Check)}: {result.Detail}\n");
            }
        }

        return text.Append(failing == 0
            ? $"{Layers(reports.Count)}: all hold.\n"
            : $"{Layers(reports.Count)}: {failing} {(failing == 1 ? "does" : "do")} not hold.\n").ToString();
    }

    private static void AppendReasons(StringBuilder text, IReadOnlyList<LayerCheckReport> reports)
    {
        var reasons =
            from report in reports
            from result in report.Results
            where result.Outcome == CheckOutcome.DoesNotApply
            group report.Name by result.Detail;
        foreach (var layers in reasons)
        {
            text.Append($"- does not apply: {layers.Key} ({string.Join(", ", layers.Distinct())})\n");
        }
    }

    private static string Cell(LayerCheckResult result) => result.Outcome switch
    {
        CheckOutcome.Holds => result.Extent.Length > 0 ? result.Extent : "holds",
        CheckOutcome.Fails => "FAILS",
        _ => "-",
    };

    private static string NameOf(LayerCheck check) => check switch
    {
        LayerCheck.InPlace => "in place",
        LayerCheck.SmallShapes => "small shapes",
        _ => check.ToString().ToLowerInvariant(),
    };

    private static string Layers(int count) => count == 1 ? "1 layer" : $"{count} layers";
}
