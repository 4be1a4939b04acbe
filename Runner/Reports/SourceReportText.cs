using System.Text;
using System.Text.Json;
using Cnn.Engine.Runs;
using Cnn.Runner.DataSets.Inspection;

namespace Cnn.Runner.Reports;

/// <summary>Writes what a source holds, for people and for programs.</summary>
internal static class SourceReportText
{
    private const int MostSizes = 20, MostLabels = 100, BarWidth = 40;

    /// <summary>Returns a text with tables of sizes and labels, and the images that cannot be decoded.</summary>
    public static string Describe(SourceReport report)
    {
        var text = new StringBuilder();
        string kinds = string.Join(", ", report.Records.Select(r => $"{r.Value} {NameOf(r.Key)}"));
        text.Append($"{report.Path}: {report.Kind}, {report.Count} images");
        text.Append(kinds.Length > 0 ? $" ({kinds})\n" : "\n");
        if (report.Sizes.Count > 0)
        {
            text.Append('\n').Append(Sizes(report));
        }

        if (report.Labels.Count > 0)
        {
            text.Append('\n').Append(Labels(report));
        }

        if (report.BadCount > 0)
        {
            text.Append($"\n{report.BadCount} cannot be decoded:\n");
            foreach (BadRecord bad in report.Bad)
            {
                text.Append($"  {bad.Index} ('{bad.Name}'): {bad.Reason}\n");
            }

            AppendRest(text, report.BadCount - report.Bad.Count);
        }

        return text.ToString();
    }

    /// <summary>Returns the same as a JSON object, with all sizes and labels.</summary>
    public static string Json(SourceReport report)
    {
        var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("source", report.Path);
            json.WriteString("kind", report.Kind);
            json.WriteNumber("count", report.Count);
            json.WriteStartObject("records");
            foreach (var (kind, count) in report.Records)
            {
                json.WriteNumber(NameOf(kind), count);
            }

            json.WriteEndObject();
            WriteLists(json, report);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static void WriteLists(Utf8JsonWriter json, SourceReport report)
    {
        json.WriteStartArray("sizes");
        foreach (SizeCount size in report.Sizes)
        {
            json.WriteStartObject();
            json.WriteNumber("channels", size.Channels);
            json.WriteNumber("height", size.Height);
            json.WriteNumber("width", size.Width);
            json.WriteNumber("count", size.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("labels");
        foreach (LabelCount label in report.Labels)
        {
            json.WriteStartObject();
            json.WriteNumber("label", label.Label);
            if (label.Name is not null)
            {
                json.WriteString("name", label.Name);
            }

            json.WriteNumber("count", label.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("bad_count", report.BadCount);
        json.WriteStartArray("bad");
        foreach (BadRecord bad in report.Bad)
        {
            json.WriteStartObject();
            json.WriteNumber("index", bad.Index);
            json.WriteString("name", bad.Name);
            json.WriteString("reason", bad.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Sizes(SourceReport report)
    {
        var table = new TextTable("size", ">images");
        foreach (SizeCount size in report.Sizes.Take(MostSizes))
        {
            table.Add($"{size.Channels} x {size.Height} x {size.Width}", $"{size.Count}");
        }

        var text = new StringBuilder(table.ToString());
        AppendRest(text, report.Sizes.Count - MostSizes);
        return text.ToString();
    }

    private static string Labels(SourceReport report)
    {
        bool hasNames = report.Labels.Any(label => label.Name is not null);
        var table = new TextTable(">label", hasNames ? "name" : "", ">images", "");
        long most = report.Labels.Max(label => label.Count);
        foreach (LabelCount label in report.Labels.Take(MostLabels))
        {
            int bar = (int)Math.Ceiling((double)label.Count * BarWidth / most);
            table.Add($"{label.Label}", label.Name ?? "", $"{label.Count}", new string('#', bar));
        }

        var text = new StringBuilder(table.ToString());
        AppendRest(text, report.Labels.Count - MostLabels);
        return text.ToString();
    }

    private static void AppendRest(StringBuilder text, long rest)
    {
        if (rest > 0)
        {
            text.Append($"  and {rest} more\n");
        }
    }

    private static string NameOf(DataSets.RecordKind kind) => kind switch
    {
        DataSets.RecordKind.Raw => "raw",
        DataSets.RecordKind.Float => "float",
        _ => "encoded",
    };
}
