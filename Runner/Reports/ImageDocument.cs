using System.Text;
using System.Text.Json;
using Cnn.Proto;

namespace Cnn.Runner.Reports;

/// <summary>
/// A JSON array with an object for each image: its <c>path</c>, then what is known of it, or <c>error</c>.
/// </summary>
internal sealed class ImageDocument : IDisposable
{
    private readonly MemoryStream text = new();
    private readonly Utf8JsonWriter writer;

    /// <summary>Begins the document.</summary>
    public ImageDocument()
    {
        writer = new Utf8JsonWriter(text, new JsonWriterOptions { Indented = true });
        writer.WriteStartArray();
    }

    /// <summary>Adds an image.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="error">Why nothing is known of it; null where something is.</param>
    /// <param name="write">Writes the properties of what is known.</param>
    public void Add(string name, CnnException? error, Action<Utf8JsonWriter> write)
    {
        writer.WriteStartObject();
        writer.WriteString("path", name);
        if (error is not null)
        {
            writer.WriteString("error", ByteText.Readable(error.Message));
        }
        else
        {
            write(writer);
        }

        writer.WriteEndObject();
    }

    /// <summary>Returns the whole document.</summary>
    public string End()
    {
        writer.WriteEndArray();
        writer.Flush();
        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        writer.Dispose();
        text.Dispose();
    }
}
