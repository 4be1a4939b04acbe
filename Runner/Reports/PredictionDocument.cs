using System.Text;
using System.Text.Json;
using Cnn.Engine.Classification;
using Cnn.Proto;

namespace Cnn.Runner.Reports;

/// <summary>
/// What a net sees in images, as one JSON array: for each <c>{ "path", "predictions": [{ "class", "label",
/// "probability" }] }</c>, or <c>{ "path", "error" }</c>. A label is null where none are known, a probability where it
/// is no number.
/// </summary>
/// <param name="labels">The names of the classes; null for none.</param>
/// <param name="top">The most predictions of an image.</param>
internal sealed class PredictionDocument(ClassLabels? labels, int top) : IDisposable
{
    private readonly MemoryStream text = new();
    private Utf8JsonWriter? writer;

    /// <summary>Adds an image.</summary>
    public void Add(ImageScores scores)
    {
        Utf8JsonWriter json = Begin();
        json.WriteStartObject();
        json.WriteString("path", scores.Name);
        if (scores.Error is { } error)
        {
            json.WriteString("error", ByteText.Readable(error.Message));
        }
        else
        {
            json.WriteStartArray("predictions");
            foreach (ClassScore score in scores.Top(top))
            {
                Write(json, score);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    /// <summary>Returns the whole document.</summary>
    public string End()
    {
        Begin().WriteEndArray();
        writer!.Flush();
        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        writer?.Dispose();
        text.Dispose();
    }

    private Utf8JsonWriter Begin()
    {
        if (writer is null)
        {
            writer = new Utf8JsonWriter(text, new JsonWriterOptions { Indented = true });
            writer.WriteStartArray();
        }

        return writer;
    }

    private void Write(Utf8JsonWriter json, ClassScore score)
    {
        json.WriteStartObject();
        json.WriteNumber("class", score.Label);
        json.WriteString("label", labels?[score.Label]);
        if (float.IsFinite(score.Probability))
        {
            json.WriteNumber("probability", score.Probability);
        }
        else
        {
            json.WriteNull("probability");
        }

        json.WriteEndObject();
    }
}
