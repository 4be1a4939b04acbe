using System.Text.Json;
using Cnn.Engine.Classification;

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
    private readonly ImageDocument document = new();

    /// <summary>Adds an image.</summary>
    public void Add(ImageScores scores) => document.Add(scores.Name, scores.Error, json =>
    {
        json.WriteStartArray("predictions");
        foreach (ClassScore score in scores.Top(top))
        {
            Write(json, score);
        }

        json.WriteEndArray();
    });

    /// <summary>Returns the whole document.</summary>
    public string End() => document.End();

    /// <inheritdoc/>
    public void Dispose() => document.Dispose();

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
