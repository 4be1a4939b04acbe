using Cnn.Proto;

namespace Cnn.Engine.Classification;

/// <summary>The names of classes, as a file has them: one in each line, in the order of the classes.</summary>
public sealed class ClassLabels
{
    private readonly string path;
    private readonly string[] lines;

    private ClassLabels(string path, string[] lines) => (this.path, this.lines) = (path, lines);

    /// <summary>The number of classes.</summary>
    public int Count => lines.Length;

    /// <summary>Gets the name of a class.</summary>
    public string this[int label] => lines[label];

    /// <summary>Reads a file of labels, such as <c>synset_words.txt</c>. Empty lines at its end do not count.</summary>
    /// <exception cref="CnnException">It cannot be read or is no text.</exception>
    public static ClassLabels Read(string path)
    {
        string text = FileText.Decode(FileText.ReadBytes(path), path);
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new CnnException($"'{path}' is no list of labels: it is not text");
        }

        string[] lines = [.. text.TrimEnd().Split('\n').Select(line => line.Trim())];
        return new ClassLabels(path, lines is [""] ? [] : lines);
    }

    /// <summary>Requires a label for each class of a net, and no more.</summary>
    /// <param name="classes">The classes.</param>
    /// <param name="output">The blob that has them, for the error.</param>
    /// <exception cref="CnnException">There are more or fewer, located where they begin to differ.</exception>
    public void Require(int classes, string output)
    {
        if (Count == classes)
        {
            return;
        }

        int line = Count > classes ? classes : Math.Max(Count - 1, 0);
        throw new CnnException(new Diagnostic(
            $"{Count} labels for the {classes} classes of output '{output}'",
            new SourceLocation(path, line + 1, 1, line < Count ? lines[line] : null),
            Count > classes ? "this is the first too many" : "the file has one line for each class"));
    }
}
