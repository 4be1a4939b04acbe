using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Cnn.Proto;

namespace Cnn.Runner.DataSets.Boxes;

/// <summary>
/// A folder of annotations as those of Pascal VOC: an XML file for each image, at any depth, with the image's
/// <c>filename</c>, its <c>size</c>, and for each <c>object</c> a <c>name</c>, <c>difficult</c> and a <c>bndbox</c> in
/// pixels. The image is beside its file, or in a folder <c>JPEGImages</c> beside the file's folder.
/// </summary>
internal static class VocFolder
{
    private const int MostMistakes = 20;
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".bmp", ".webp"];

    /// <summary>Reads all annotations.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="names">The classes; null to number those that there are by the order of their names.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <exception cref="CnnException">There are none, or mistakes in them, which are located.</exception>
    public static BoxedSet Read(string folder, ClassNames? names, CancellationToken cancel)
    {
        var files = new List<(string Path, XElement Root)>();
        var mistakes = new List<Diagnostic>();
        foreach (string path in FilesOf(folder))
        {
            cancel.ThrowIfCancellationRequested();
            if (Load(path, mistakes) is { } root)
            {
                files.Add((path, root));
            }
        }

        if (files.Count == 0 && mistakes.Count == 0)
        {
            throw new CnnException($"'{folder}' holds no annotations", "they are XML files, one for each image");
        }

        names ??= ClassNames.Number(files
            .SelectMany(file => file.Root.Elements("object").Select(item => Text(item, "name")))
            .Where(name => name.Length > 0)
            .Order(StringComparer.Ordinal));
        var images = new List<BoxedImage>();
        foreach (var (path, root) in files)
        {
            images.Add(ImageOf(folder, path, root, names, mistakes));
        }

        return mistakes.Count == 0
            ? new BoxedSet(images, names)
            : throw new CnnException([.. mistakes.Take(MostMistakes)]);
    }

    private static string[] FilesOf(string folder)
    {
        try
        {
            return
            [
                .. Directory.EnumerateFiles(folder, "*.xml", SearchOption.AllDirectories).Order(StringComparer.Ordinal),
            ];
        }
        catch (Exception exception) when (FileErrors.From(folder, "read", exception) is { } error)
        {
            throw error;
        }
    }

    private static XElement? Load(string path, List<Diagnostic> mistakes)
    {
        try
        {
            var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
            using var reader = XmlReader.Create(new MemoryStream(FileText.ReadBytes(path)), settings);
            XElement root = XDocument.Load(reader, LoadOptions.SetLineInfo).Root!;
            if (root.Name.LocalName == "annotation")
            {
                return root;
            }

            mistakes.Add(At(path, root, $"'{root.Name.LocalName}' is no annotation", "the root is <annotation>"));
        }
        catch (XmlException exception)
        {
            mistakes.Add(new Diagnostic(
                $"it is no XML: {exception.Message}",
                new SourceLocation(path, Math.Max(1, exception.LineNumber), Math.Max(1, exception.LinePosition))));
        }

        return null;
    }

    private static BoxedImage ImageOf(
        string folder, string path, XElement root, ClassNames names, List<Diagnostic> mistakes)
    {
        XElement? size = root.Element("size");
        var objects = new List<BoxedObject>();
        foreach (XElement item in root.Elements("object"))
        {
            if (ObjectOf(path, item, names, mistakes) is { } read)
            {
                objects.Add(read);
            }
        }

        string image = FileOf(path, Text(root, "filename"));
        string name = Path.GetRelativePath(folder, image).Replace('\\', '/');
        name = name.StartsWith("..", StringComparison.Ordinal) ? Path.GetFileName(image) : name;
        return new BoxedImage(name, image, Side("width"), Side("height"), objects);

        int Side(string name) => size is not null && TryNumber(Text(size, name), out float side) && side > 0
            ? (int)side
            : 0;
    }

    private static BoxedObject? ObjectOf(string path, XElement item, ClassNames names, List<Diagnostic> mistakes)
    {
        string name = Text(item, "name");
        if (!names.TryFind(name, out int label))
        {
            mistakes.Add(At(
                path,
                item.Element("name") ?? item,
                name.Length == 0 ? "an object has no name" : $"the class '{name}' is not among the labels"));
            return null;
        }

        XElement? box = item.Element("bndbox");
        Span<float> sides = stackalloc float[4];
        ReadOnlySpan<string> fields = ["xmin", "ymin", "xmax", "ymax"];
        for (int i = 0; i < sides.Length; i++)
        {
            if (box is null || !TryNumber(Text(box, fields[i]), out sides[i]))
            {
                mistakes.Add(At(path, box?.Element(fields[i]) ?? box ?? item, $"the box has no {fields[i]}"));
                return null;
            }
        }

        return new BoxedObject(label, sides[0], sides[1], sides[2], sides[3], Text(item, "difficult") == "1");
    }

    // Where none is there, reading it tells so, with the name that the annotation says.
    private static string FileOf(string path, string name)
    {
        string folder = Path.GetDirectoryName(path)!;
        string[] folders = [folder, Path.Combine(Path.GetDirectoryName(folder) ?? folder, "JPEGImages")];
        string stem = Path.GetFileNameWithoutExtension(path);
        IEnumerable<string> candidates = name.Length > 0
            ? [Path.GetFileName(name)]
            : Extensions.Select(extension => stem + extension);
        string[] files = [.. folders.SelectMany(f => candidates.Select(c => Path.Combine(f, c)))];
        return files.FirstOrDefault(File.Exists) ?? files[0];
    }

    private static string Text(XElement element, string name) => element.Element(name)?.Value.Trim() ?? "";

    private static bool TryNumber(string text, out float number) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && float.IsFinite(number);

    private static Diagnostic At(string path, XElement element, string message, string? hint = null)
    {
        IXmlLineInfo place = element;
        return new Diagnostic(
            message, new SourceLocation(path, Math.Max(1, place.LineNumber), Math.Max(1, place.LinePosition)), hint);
    }
}
