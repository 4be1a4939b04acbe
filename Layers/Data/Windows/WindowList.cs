using System.Globalization;
using System.Text;
using Cnn.Proto;

namespace Cnn.Layers.Data.Windows;

/// <summary>
/// Caffe's list of windows: for each image <c># index</c>, its path, channels, height, width and the number of its
/// windows, then for each window its class, its overlap with an object, and its corners, which belong to it.
/// </summary>
/// <param name="Images">The images.</param>
/// <param name="Windows">The windows of all images, in the order of the list.</param>
internal sealed record WindowList(IReadOnlyList<WindowImage> Images, IReadOnlyList<LabelledWindow> Windows)
{
    private const int LongestList = 1 << 30;

    /// <summary>Reads a list.</summary>
    /// <exception cref="CnnException">It cannot be read, or a word is not what stands at its place.</exception>
    public static WindowList Read(string path)
    {
        string text;
        try
        {
            text = new FileInfo(path).Length <= LongestList
                ? File.ReadAllText(path, Encoding.UTF8)
                : throw new CnnException($"'{path}' is longer than any list of windows");
        }
        catch (Exception exception) when (FileErrors.From(path, "read", exception) is { } error)
        {
            throw error;
        }

        List<WindowImage> images = [];
        List<LabelledWindow> windows = [];
        var words = new Words(path, text);
        while (words.TryNext(out string mark))
        {
            if (mark != "#")
            {
                throw words.Error(
                    $"'{mark}' stands where the next image begins", "an image begins with # and its index");
            }

            if (words.Whole("the image's index") is var index && index != images.Count)
            {
                throw words.Error(
                    $"the image's index is {index}", $"images are numbered from 0: this is {images.Count}");
            }

            images.Add(new WindowImage(
                words.Next("the image's path"),
                words.Whole("the channels"),
                words.Whole("the height"),
                words.Whole("the width")));
            int count = words.Whole("the number of windows");
            for (int i = 0; i < count; i++)
            {
                windows.Add(new LabelledWindow(
                    images.Count - 1,
                    words.Whole("the window's class"),
                    words.Number("the window's overlap"),
                    words.Whole("the window's left side"),
                    words.Whole("the window's upper side"),
                    words.Whole("the window's right side"),
                    words.Whole("the window's lower side")));
            }
        }

        return images.Count > 0
            ? new WindowList(images, windows)
            : throw new CnnException($"'{path}' lists no images", "an image begins with # and its index");
    }

    // Words between white space, and where each began.
    private sealed class Words(string path, string text)
    {
        private int at;
        private int start;

        public bool TryNext(out string word)
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
            {
                at++;
            }

            start = at;
            while (at < text.Length && !char.IsWhiteSpace(text[at]))
            {
                at++;
            }

            word = text[start..at];
            return word.Length > 0;
        }

        public string Next(string what) => TryNext(out string word)
            ? word
            : throw Error($"the list ends where {what} should be", "it may have been cut short");

        public int Whole(string what)
        {
            string word = Next(what);
            return int.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
                ? value
                : throw Error($"{what} is '{word}'", "a whole number is expected");
        }

        public float Number(string what)
        {
            string word = Next(what);
            return float.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out float value)
                ? value
                : throw Error($"{what} is '{word}'", "a number is expected");
        }

        public CnnException Error(string message, string? hint)
        {
            int line = 1 + text.AsSpan(0, start).Count('\n');
            int first = text.AsSpan(0, start).LastIndexOf('\n') + 1;
            int length = text.AsSpan(first).IndexOf('\n');
            string shown = text.Substring(first, length < 0 ? text.Length - first : length).TrimEnd('\r');
            return new CnnException(new Diagnostic(
                message, new SourceLocation(path, line, start - first + 1, shown), hint));
        }
    }
}
