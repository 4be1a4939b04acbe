using System.Globalization;

namespace Cnn.Campaigns.Running;

/// <summary>What the kept states tell, as a table in Markdown.</summary>
internal static class CampaignReport
{
    /// <summary>Returns a row for each part of each state in a folder.</summary>
    /// <exception cref="InvalidDataException">A file there holds something else.</exception>
    public static string Of(string folder)
    {
        IEnumerable<string> files = Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal)
            : [];
        IEnumerable<string> rows = files
            .Select(f => CampaignState.Open(f, "", 0))
            .SelectMany(s => s.Parts.Select(p => Row(s, p.Key, p.Value)));
        return string.Join(
            '\n',
            [
                "| campaign | part | seed | cases | minutes | counted | findings | last run | version |",
                "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
                .. rows,
                "",
            ]);
    }

    private static string Row(CampaignState state, string name, PartState part)
    {
        string counts = string.Join(", ", part.Counts.Select(c => $"{Number(c.Value)} {c.Key}"));
        string minutes = (part.Seconds / 60).ToString("F1", CultureInfo.InvariantCulture);
        return $"| {state.Campaign} | {name} | {state.Seed} | {Number(part.Next)} | {minutes} | {counts} | "
            + $"{part.Findings.Count} | {state.Date} | {state.Version} |";
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
