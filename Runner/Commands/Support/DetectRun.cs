using Cnn.Engine.Classification;
using Cnn.Engine.Detection;
using Cnn.Runner.DataSets;
using Cnn.Runner.Display;
using Cnn.Runner.Reports;

namespace Cnn.Runner.Commands.Support;

/// <summary>A run of <c>cnn detect</c>.</summary>
internal sealed class DetectRun(ImageDetector detector, CommandConsole console)
{
    /// <summary>The names of the classes; null for none.</summary>
    public ClassLabels? Labels { get; init; }

    /// <summary>Whether the results are one JSON document.</summary>
    public bool IsJson { get; init; }

    /// <summary>The picture to write, or the folder of pictures for several images; null for none.</summary>
    public string? Output { get; init; }

    /// <summary>Finds the objects in images and shows them.</summary>
    /// <returns>The number of images that could not be looked at; their errors are written.</returns>
    public int Run(IReadOnlyList<ImageInput> images, CancellationToken cancel)
    {
        using var document = new DetectionDocument(Labels);
        using var progress = new DataProgress(console);
        int faulty = 0;
        for (int i = 0; i < images.Count; i++)
        {
            cancel.ThrowIfCancellationRequested();
            faulty += Detect(images[i], i, images.Count, document) ? 0 : 1;
            progress.Show(new WriteProgress("detect", i + 1, images.Count));
        }

        progress.End();
        if (IsJson)
        {
            console.Out.WriteLine(document.End());
        }

        if (faulty > 0 && images.Count > 1)
        {
            console.Error.WriteLine($"cnn: {faulty} of {images.Count} images could not be looked at");
        }

        return faulty;
    }

    private bool Detect(ImageInput image, int index, int count, DetectionDocument document)
    {
        // A picture needs the content again, which standard input gives only once.
        byte[] content = [];
        ImageInput input = Output is null ? image : new ImageInput(image.Name, () => Kept(image, ref content));
        ImageDetections found = detector.Detect([input]).Single();
        console.Live?.Clear();
        if (found.Error is { } error)
        {
            console.WriteError(error);
        }
        else if (!IsJson)
        {
            console.Out.Write(DetectionText.Describe(found, Labels));
        }

        if (IsJson)
        {
            document.Add(found);
        }

        if (Output is not null && found.Error is null)
        {
            string path = count == 1 ? Output : Path.Combine(Output, NameOf(image, index));
            DetectionPicture.Save(path, content, found, Labels);
            console.WriteNote($"Wrote {path}");
        }

        return found.Error is null;
    }

    private static MemoryStream Kept(ImageInput image, ref byte[] content)
    {
        int length = image.Read(ref content);
        Array.Resize(ref content, length);
        return new MemoryStream(content);
    }

    private static string NameOf(ImageInput image, int index) =>
        FormattableString.Invariant($"{index:0000}_{Path.GetFileNameWithoutExtension(image.Name)}.png");
}
