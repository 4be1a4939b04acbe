using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Cnn.Proto;

namespace Cnn.Engine.Runs;

/// <summary>Reads and writes files of one JSON document each.</summary>
internal static class JsonDocuments
{
    /// <summary>For documents that people read: a member a line.</summary>
    public static RunJson Indented { get; } = With(true);

    /// <summary>For documents of many numbers: all in one line.</summary>
    public static RunJson Compact { get; } = With(false);

    /// <summary>Reads a document.</summary>
    /// <exception cref="CnnException">The file cannot be read or does not hold one.</exception>
    public static T Read<T>(string path, JsonTypeInfo<T> type)
        where T : class
    {
        byte[] bytes = FileText.ReadBytes(path);
        try
        {
            return JsonSerializer.Deserialize(bytes, type) ?? throw Damaged(path, "it holds null");
        }
        catch (JsonException exception)
        {
            // What is no JSON at all has the reader's own exception inside.
            string problem = exception.InnerException is JsonException || exception.Path is not { Length: > 2 } member
                ? "this is no valid JSON document"
                : $"'{member[2..]}' is missing here or has no right value";
            throw Damaged(path, problem, exception);
        }
    }

    /// <summary>Writes a document; the file is never half there.</summary>
    /// <exception cref="CnnException">The file cannot be written.</exception>
    public static void Write<T>(string path, T document, JsonTypeInfo<T> type)
    {
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(document, type);
        AtomicFile.Write(path, stream =>
        {
            stream.Write(bytes);
            stream.WriteByte((byte)'\n');
        });
    }

    /// <summary>Returns the error for a damaged document.</summary>
    public static CnnException Damaged(string path, string problem, JsonException? exception = null) =>
        new(
            new Diagnostic(
                problem,
                new SourceLocation(path, Place(exception?.LineNumber), Place(exception?.BytePositionInLine)),
                "the file is damaged; copy it again"),
            exception);

    private static RunJson With(bool isIndented) => new(new JsonSerializerOptions(RunJson.Default.Options)
    {
        WriteIndented = isIndented,
        NewLine = "\n",

        // The files are no part of a page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    private static int Place(long? number) => (int)Math.Clamp((number ?? 0) + 1, 1, int.MaxValue);
}
