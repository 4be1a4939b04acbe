using System.Text.Json;
using Cnn.Engine.Classification;
using Cnn.Engine.Detection;

namespace Cnn.Runner.Reports;

/// <summary>
/// The objects in images as one JSON array: for each image <c>{ "path", "width", "height", "detections": [{ "class",
/// "label", "score", "box": [xmin, ymin, xmax, ymax] }] }</c> in pixels, or <c>{ "path", "error" }</c>.
/// </summary>
/// <param name="labels">The names of the classes; null for none.</param>
internal sealed class DetectionDocument(ClassLabels? labels) : IDisposable
{
    private readonly ImageDocument document = new();

    /// <summary>Adds an image.</summary>
    public void Add(ImageDetections image) => document.Add(image.Image.Name, image.Error, json =>
    {
        json.WriteNumber("width", image.Width);
        json.WriteNumber("height", image.Height);
        json.WriteStartArray("detections");
        foreach (Detection detection in image.Detections)
        {
            Write(json, detection);
        }

        json.WriteEndArray();
    });

    /// <summary>Returns the whole document.</summary>
    public string End() => document.End();

    /// <inheritdoc/>
    public void Dispose() => document.Dispose();

    private void Write(Utf8JsonWriter json, in Detection detection)
    {
        json.WriteStartObject();
        json.WriteNumber("class", detection.Label);
        json.WriteString("label", DetectionText.NameOf(detection, labels));
        json.WriteNumber("score", detection.Score);
        json.WriteStartArray("box");
        foreach (float side in (float[])[detection.XMin, detection.YMin, detection.XMax, detection.YMax])
        {
            if (float.IsFinite(side))
            {
                json.WriteNumberValue(side);
            }
            else
            {
                json.WriteNullValue();
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
