using System.Globalization;
using Cnn.Proto;

namespace Cnn.Engine.Runs;

/// <summary>What <c>classes.json</c> holds; the images of the mistakes are PNG files beside it.</summary>
/// <param name="Iteration">The iteration of the test.</param>
/// <param name="Names">The name of each class.</param>
/// <param name="Counts">The images of class <c>i</c> that were given class <c>j</c>.</param>
/// <param name="Worst">The mistakes that the net was surest of.</param>
internal sealed record ClassDocument(
    long Iteration,
    IReadOnlyList<string> Names,
    IReadOnlyList<IReadOnlyList<long>> Counts,
    IReadOnlyList<ClassDocument.Mistake> Worst)
{
    /// <summary>Reads the report of a folder; mistakes whose image is missing are left out.</summary>
    /// <exception cref="CnnException">It cannot be read or is damaged.</exception>
    public static ClassReport Read(string folder)
    {
        string path = Path.Combine(folder, RunFiles.Classes);
        ClassDocument document = JsonDocuments.Read(path, JsonDocuments.Compact.ClassDocument);
        return document.Fault() is { } fault
            ? throw JsonDocuments.Damaged(path, fault)
            : new ClassReport(
                document.Iteration,
                document.Names,
                document.Counts,
                [.. document.Worst.Select(m => m.Read(folder)).OfType<ClassMistake>()]);
    }

    /// <summary>
    /// Writes a report into a folder, the images first. Their names have the iteration, so that a document and an
    /// image never belong to different tests; the images of earlier tests are then deleted.
    /// </summary>
    /// <exception cref="CnnException">It cannot be written.</exception>
    public static void Write(ClassReport report, string folder)
    {
        string images = Path.Combine(folder, RunFiles.Mistakes);
        Mistake[] worst = [.. report.Worst.Select((m, i) => Mistake.Of(m, NameOf(report.Iteration, i)))];
        if (worst.Length > 0)
        {
            OutputFolder.Create(images);
        }

        foreach (var (mistake, document) in report.Worst.Zip(worst))
        {
            AtomicFile.Write(Path.Combine(images, document.Image), s => s.Write(mistake.Image.Png.Span));
        }

        var whole = new ClassDocument(report.Iteration, report.Names, report.Counts, worst);
        JsonDocuments.Write(Path.Combine(folder, RunFiles.Classes), whole, JsonDocuments.Compact.ClassDocument);
        DeleteOthers(images, [.. worst.Select(m => m.Image)]);
    }

    /// <summary>Deletes the report of a folder.</summary>
    public static void Delete(string folder)
    {
        File.Delete(Path.Combine(folder, RunFiles.Classes));
        DeleteOthers(Path.Combine(folder, RunFiles.Mistakes), []);
    }

    private static string NameOf(long iteration, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{iteration}-{index + 1:00}.png");

    private static void DeleteOthers(string images, HashSet<string> kept)
    {
        if (Directory.Exists(images))
        {
            foreach (string file in Directory.EnumerateFiles(images, "*-*.png").ToArray())
            {
                if (!kept.Contains(Path.GetFileName(file)))
                {
                    File.Delete(file);
                }
            }
        }
    }

    private string? Fault()
    {
        int classes = Names.Count;
        return Names.Contains(null!) ? "a name is null"
            : Counts.Count != classes || Counts.Any(row => row is null || row.Count != classes)
            ? $"the counts of {classes} classes are no {classes} rows of {classes} numbers"
            : Worst.Any(m => m is null || m.Label < 0 || m.Label >= classes || m.Predicted < 0
                || m.Predicted >= classes || !RunFiles.IsFree(m.Image))
            ? "a mistake has no right classes or image"
            : null;
    }

    /// <summary>A mistake.</summary>
    /// <param name="Label">The class it has.</param>
    /// <param name="Predicted">The class it was given.</param>
    /// <param name="Confidence">The probability of the wrong class.</param>
    /// <param name="Image">The name of the image's file.</param>
    /// <param name="Width">The image's width in pixels.</param>
    /// <param name="Height">The image's height in pixels.</param>
    /// <param name="Caption">What it shows.</param>
    internal sealed record Mistake(
        int Label, int Predicted, double Confidence, string Image, int Width, int Height, string Caption)
    {
        /// <summary>Returns what stands for a mistake in the document.</summary>
        public static Mistake Of(ClassMistake mistake, string name) => new(
            mistake.Label,
            mistake.Predicted,
            mistake.Confidence,
            name,
            mistake.Image.Width,
            mistake.Image.Height,
            mistake.Image.Caption);

        /// <summary>Returns the mistake with its image; null when that is missing.</summary>
        public ClassMistake? Read(string folder)
        {
            string path = Path.Combine(folder, RunFiles.Mistakes, Image);
            return File.Exists(path)
                ? new ClassMistake(
                    Label, Predicted, Confidence, new RunImage(FileText.ReadBytes(path), Width, Height, Caption))
                : null;
        }
    }
}
