using Cnn.Layers.Data.Transform;
using Cnn.Proto;

namespace Cnn.Runner.DataSets.Inspection;

/// <summary>Looks at all images of a source: their number, sizes and labels, and whether they can be decoded.</summary>
public static class SourceInspector
{
    private const int MostBad = 100, MostSheetImages = 10_000, ReportAfter = 64;

    /// <summary>Inspects a source.</summary>
    /// <param name="path">
    /// An LMDB or LevelDB database, a list of image files, a folder with a folder for each class, an idx file of
    /// images, or CIFAR-10's binary files or their folder.
    /// </param>
    /// <param name="options">How to look at it; null for the defaults.</param>
    /// <param name="progress">Receives progress; may be null.</param>
    /// <param name="cancel">Cancels the work; no file is written then.</param>
    /// <exception cref="CnnException">
    /// The source is none of these or cannot be opened, or the contact sheet cannot be written.
    /// </exception>
    public static SourceReport Inspect(
        string path,
        InspectionOptions? options = null,
        IProgress<WriteProgress>? progress = null,
        CancellationToken cancel = default)
    {
        options ??= new InspectionOptions();
        if (options.SheetImages is < 1 or > MostSheetImages)
        {
            throw new CnnException($"a sheet of {options.SheetImages} images is not possible", "choose 1 to 10000");
        }

        using InspectedSource source = InspectedSource.Open(path, options.Labels, options.Root);
        int onSheet = options.Sheet is null ? 0 : (int)Math.Min(options.SheetImages, source.Count);
        ContactSheet? sheet = onSheet > 0 ? new ContactSheet(onSheet) : null;
        var tally = new SourceTally(source, MostBad);
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
        OrderedWork.Run(
            0,
            source.Count,
            options.Threads,
            () => new Worker(source.CreateReader(), onSheet),
            () => new InspectedImage(),
            (index, worker, image) => worker.Look(index, image),
            (index, image) =>
            {
                tally.Add(index, image);
                if (index < onSheet && image.Problem is null)
                {
                    sheet!.Put((int)index, image.Thumbnail);
                }

                if (index % ReportAfter == 0)
                {
                    progress?.Report(new WriteProgress(name, index, source.Count));
                }
            },
            cancel);
        sheet?.Save(options.Sheet!);
        return tally.Report(path);
    }

    private sealed class Worker(IRecordReader reader, int onSheet) : IDisposable
    {
        private readonly Thumbnail thumbnail = new();

        public void Look(long index, InspectedImage to)
        {
            try
            {
                RecordImage image = reader.Read(index);
                ImageShape shape = image.Shape;
                to.Shape = image.StoredChannels > 0 ? shape with { Channels = image.StoredChannels } : shape;
                (to.Kind, to.Label, to.Problem) = (image.Kind, image.Label, null);
                if (index < onSheet)
                {
                    thumbnail.Make(image, ContactSheet.Side, to.Thumbnail);
                }
            }
            catch (CnnException exception)
            {
                to.Problem = exception.Message;
            }
        }

        public void Dispose() => reader.Dispose();
    }
}
