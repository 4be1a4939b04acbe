using System.Text.Json;
using Cnn.Proto;

namespace Cnn.Engine.Runs;

/// <summary>
/// Reads <c>metrics.jsonl</c> line by line, also while it is written. A last line without its end is no line yet.
/// Damaged lines are skipped; the first is warned of.
/// </summary>
internal sealed class MetricsReader : IDisposable
{
    private const int LongestLine = 1 << 16, MostKnownNames = 64;

    private readonly string path;
    private readonly Action<Diagnostic>? warn;
    private readonly FileStream stream;
    private readonly byte[] buffer = new byte[4 * LongestLine];
    private readonly List<string> names = [];
    private int start, end, lineStart, lineLength, lineNumber;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="warn">Takes the warning of damaged lines.</param>
    /// <exception cref="CnnException">The file cannot be read.</exception>
    public MetricsReader(string path, Action<Diagnostic>? warn)
    {
        (this.path, this.warn) = (path, warn);
        FileText.RequireFile(path);
        try
        {
            const FileShare Any = FileShare.ReadWrite | FileShare.Delete;
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, Any, bufferSize: 0);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.From(path, "read", exception)!;
        }
    }

    /// <summary>The number of damaged lines so far.</summary>
    public int Damaged { get; private set; }

    /// <summary>The line, without its end.</summary>
    public ReadOnlySpan<byte> Line => buffer.AsSpan(lineStart, lineLength);

    /// <summary>The figure's name.</summary>
    public string Name { get; private set; } = "";

    /// <summary>The iteration that it belongs to.</summary>
    public long Iteration { get; private set; }

    /// <summary>When it was written, in seconds since 1970.</summary>
    public double Time { get; private set; }

    /// <summary>Its value.</summary>
    public double Value { get; private set; }

    /// <summary>Reads the next figure; false at the end.</summary>
    /// <exception cref="CnnException">The file cannot be read.</exception>
    public bool Read()
    {
        while (NextLine())
        {
            int? wrong = lineLength <= LongestLine ? Parse() : 1;
            if (wrong is not { } column)
            {
                return true;
            }

            if (Damaged++ == 0)
            {
                warn?.Invoke(new Diagnostic(
                    "this line holds no figure; lines like it are skipped",
                    new SourceLocation(path, lineNumber, column)));
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();

    private bool NextLine()
    {
        // The beginning of a line that is too long is dropped; its end counts as the line.
        for (int searched = start; ;)
        {
            int at = buffer.AsSpan(searched, end - searched).IndexOf((byte)'\n');
            if (at >= 0)
            {
                (lineStart, lineLength, start) = (start, searched + at - start, searched + at + 1);
                lineNumber++;
                return true;
            }

            if (start > 0 || end == buffer.Length)
            {
                int from = start > 0 ? start : end - LongestLine - 1;
                buffer.AsSpan(from, end - from).CopyTo(buffer);
                (start, end) = (0, end - from);
            }

            searched = end;
            int read = Fill();
            if (read == 0)
            {
                return false;
            }

            end += read;
        }
    }

    private int Fill()
    {
        try
        {
            return stream.Read(buffer, end, buffer.Length - end);
        }
        catch (IOException exception)
        {
            throw FileErrors.From(path, "read", exception)!;
        }
    }

    // Returns the column of what is wrong; null when the line is right.
    private int? Parse()
    {
        var json = new Utf8JsonReader(Line);
        try
        {
            return TryParse(ref json) ? null : (int)json.TokenStartIndex + 1;
        }
        catch (JsonException exception)
        {
            return (int)(exception.BytePositionInLine ?? 0) + 1;
        }
        catch (InvalidOperationException)
        {
            // A text that is no UTF-8.
            return (int)json.TokenStartIndex + 1;
        }
    }

    private bool TryParse(ref Utf8JsonReader json)
    {
        (bool hasName, bool hasIteration, bool hasValue) = (false, false, false);
        (long iteration, Time) = (0, 0);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("iteration"u8))
            {
                hasIteration = ReadNumber(ref json) && json.TryGetInt64(out iteration);
            }
            else if (json.ValueTextEquals("time"u8))
            {
                Time = ReadNumber(ref json) ? json.GetDouble() : 0;
            }
            else if (json.ValueTextEquals("name"u8))
            {
                hasName = json.Read() && json.TokenType == JsonTokenType.String && SetName(ref json);
            }
            else if (json.ValueTextEquals("value"u8))
            {
                hasValue = json.Read() && SetValue(ref json);
            }
            else
            {
                json.Skip();
            }
        }

        // Nothing but blanks may follow.
        Iteration = iteration;
        return hasName && hasIteration && hasValue && json.TokenType == JsonTokenType.EndObject && !json.Read();
    }

    private static bool ReadNumber(ref Utf8JsonReader json) => json.Read() && json.TokenType == JsonTokenType.Number;

    // The few names of a run are not made anew for each line.
    private bool SetName(ref Utf8JsonReader json)
    {
        foreach (string known in names)
        {
            if (json.ValueTextEquals(known))
            {
                Name = known;
                return true;
            }
        }

        Name = json.GetString()!;
        if (Name.Length == 0)
        {
            return false;
        }

        if (names.Count < MostKnownNames)
        {
            names.Add(Name);
        }

        return true;
    }

    private bool SetValue(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.Number)
        {
            Value = json.GetDouble();
            return true;
        }

        Value = json.TokenType != JsonTokenType.String ? 0
            : json.ValueTextEquals("NaN"u8) ? double.NaN
            : json.ValueTextEquals("Infinity"u8) ? double.PositiveInfinity
            : json.ValueTextEquals("-Infinity"u8) ? double.NegativeInfinity
            : 0;
        return !double.IsFinite(Value);
    }
}
