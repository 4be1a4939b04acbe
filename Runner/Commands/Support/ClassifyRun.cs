using Cnn.Engine.Classification;
using Cnn.Proto;
using Cnn.Proto.Formats;
using Cnn.Runner.DataSets;
using Cnn.Runner.Display;
using Cnn.Runner.Reports;

namespace Cnn.Runner.Commands.Support;

/// <summary>A run of <c>cnn classify</c>.</summary>
internal sealed class ClassifyRun(ImageClassifier classifier, CommandConsole console)
{
    /// <summary>The names of the classes; null for none.</summary>
    public ClassLabels? Labels { get; init; }

    /// <summary>The classes that are shown of an image.</summary>
    public int Top { get; init; }

    /// <summary>Whether the results are one JSON document.</summary>
    public bool IsJson { get; init; }

    /// <summary>The file for the whole output of all images; null for none.</summary>
    public string? Output { get; init; }

    /// <summary>Classifies the images and shows the results.</summary>
    /// <returns>The number of images that could not be classified; their errors are written.</returns>
    public int Run(IReadOnlyList<ImageInput> images, CancellationToken cancel)
    {
        using var document = new PredictionDocument(Labels, Top);
        using var progress = new DataProgress(console);
        float[]? all = Output is null ? null : NewTable(images.Count);
        int done = 0, faulty = 0;
        Report(progress, done, images.Count);
        foreach (ImageScores scores in classifier.Classify(images, cancel))
        {
            console.Live?.Clear();
            Keep(scores, all, done++);
            Show(scores, document);
            faulty += scores.Error is null ? 0 : 1;
            Report(progress, done, images.Count);
        }

        progress.End();
        if (IsJson)
        {
            console.Out.WriteLine(document.End());
        }

        if (all is not null)
        {
            ArrayFile.Write(
                Output!, classifier.OutputName, new NumberArray([images.Count, classifier.ClassCount], all));
            console.WriteNote($"Wrote {Output}");
        }

        if (faulty > 0 && images.Count > 1)
        {
            console.Error.WriteLine($"cnn: {faulty} of {images.Count} images could not be classified");
        }

        return faulty;
    }

    // The results say that it is done, and where no terminal is, what goes on.
    private static void Report(DataProgress progress, int done, int total)
    {
        if (total > 1)
        {
            progress.Show(new WriteProgress("classify", done, total));
        }
    }

    private void Show(ImageScores scores, PredictionDocument document)
    {
        if (scores.Error is { } error)
        {
            console.WriteError(error);
        }

        if (IsJson)
        {
            document.Add(scores);
        }
        else if (scores.Error is null)
        {
            console.Out.Write(PredictionText.Describe(scores, Labels, Top));
        }
    }

    // The rows stay those of the images: one that could not be classified has NaN.
    private void Keep(ImageScores scores, float[]? all, int row)
    {
        if (all is null)
        {
            return;
        }

        Span<float> to = all.AsSpan(row * classifier.ClassCount, classifier.ClassCount);
        to.Fill(float.NaN);
        for (int i = 0; i < scores.Probabilities.Count; i++)
        {
            to[i] = scores.Probabilities[i];
        }
    }

    private float[] NewTable(int rows)
    {
        long size = (long)rows * classifier.ClassCount;
        return size <= Array.MaxLength
            ? new float[size]
            : throw new CnnException(
                $"{rows} images times {classifier.ClassCount} values do not fit into one file",
                "classify fewer images at once");
    }
}
