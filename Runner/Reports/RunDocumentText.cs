using System.Text;
using System.Text.Json;
using Cnn.Engine.Runs;

namespace Cnn.Runner.Reports;

/// <summary>Writes runs as JSON, for programs.</summary>
internal static class RunDocumentText
{
    /// <summary>Returns an array of objects, in the order of a table.</summary>
    public static string Json(RunTable table)
    {
        var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartArray();
            foreach (RunSummary run in table.Runs)
            {
                Write(json, table.NameOf(run), run);
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static void Write(Utf8JsonWriter json, string name, RunSummary run)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("folder", run.Folder);
        json.WriteString("state", run.State.ToString().ToLowerInvariant());
        json.WriteNumber("iteration", run.Iteration);
        json.WriteNumber("max_iterations", run.Info.MaxIterations);
        json.WriteString("started", run.Info.Started);
        json.WriteNumber("seconds", Math.Round(run.Duration.TotalSeconds, 3));
        json.WriteString("net", run.Info.Net);
        json.WriteString("command", run.Info.Command);
        json.WriteString("version", run.Info.Version);
        json.WriteString("machine", run.Info.Machine);
        json.WriteString("last_snapshot", run.LastSnapshot);
        json.WriteString("failure", run.Failure);
        if (run.Info.Seed is { } seed)
        {
            json.WriteNumber("seed", seed);
        }

        json.WriteStartObject("settings");
        foreach (RunSetting setting in run.Info.Settings.DistinctBy(s => s.Name))
        {
            json.WriteString(setting.Name, setting.Value);
        }

        json.WriteEndObject();
        json.WriteStartObject("scores");
        foreach (RunScore score in run.Scores.DistinctBy(s => s.Name))
        {
            json.WriteStartObject(score.Name);
            Write(json, "last", score.Last);
            if (score.Best is { } best)
            {
                Write(json, "best", best);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, RunPoint point)
    {
        json.WriteStartObject(name);
        json.WriteNumber("iteration", point.Iteration);
        if (double.IsFinite(point.Value))
        {
            json.WriteNumber("value", point.Value);
        }
        else
        {
            json.WriteString("value", double.IsNaN(point.Value) ? "NaN" : point.Value > 0 ? "Infinity" : "-Infinity");
        }

        json.WriteEndObject();
    }
}
