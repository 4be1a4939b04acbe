using System.Text;
using System.Text.Json;
using Cnn.Engine.Classification;
using Cnn.Engine.Detection;
using Cnn.Proto;

namespace Cnn.Runner.Reports;

/// <summary>
/// The objects in images as one JSON array: for each image <c>{ "path", "width", "height", "detections": [{ "class",
/// "label", "score", "box": [xmin, ymin, xmax, ymax] }] }</c> in pixels, or <c>{ "path", "error" }</c>.
/// </summary>
/// <param name="labels">The names of the classes; null for none.</param>
internal sealed class DetectionDocument(ClassLabels? labels) : IDisposable
{
    private readonly MemoryStream text = new();
    private Utf8JsonWriter? writer;

    /// <summary>Adds an image.</summary>
    public void Add(ImageDetections image)
    {
        Utf8JsonWriter json = Begin();
        json.WriteStartObject();
        json.WriteString("path", image.Image.Name);
        if (image.Error is { } error)
        {
            json.WriteString("error", ByteText.Readable(error.Message));
        }
        else
        {
            json.WriteNumber("width", image.Width);
            json.WriteNumber("height", image.Height);
            json.WriteStartArray("detections");
            foreach (Detection detection in image.Detections)
            {
                Write(json, detection);
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
