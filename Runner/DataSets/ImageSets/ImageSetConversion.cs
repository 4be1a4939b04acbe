using System.Security.Cryptography;
using System.Text;
using Cnn.Proto;
using Cnn.Proto.Formats.ImageSets;
using Cnn.Proto.Formats.Lmdb;

namespace Cnn.Runner.DataSets.ImageSets;

/// <summary>A conversion of image files to a database, which gets its name only at the end.</summary>
internal sealed class ImageSetConversion : IDisposable
{
    private const int ReportAfter = 16, SaveAfter = 2000, IndexDigits = 8;

    private readonly IReadOnlyList<ImageSetEntry> images;
    private readonly string root, path;
    private readonly ImageSetOptions options;
    private readonly UnfinishedSet set;
    private readonly byte[] key = new byte[LmdbFormat.MaxKey];
    private SkippedImage? firstSkipped;

    /// <summary>Checks what can be checked and begins the database, or goes on with it.</summary>
    /// <param name="images">The images, in the order of their records.</param>
    /// <param name="root">What is put in front of each path, as it is.</param>
    /// <param name="path">The database to create.</param>
    /// <param name="options">How images become records.</param>
    /// <param name="resume">Whether to go on with an unfinished conversion if there is one.</param>
    /// <exception cref="CnnException">
    /// An option or a name cannot be, or see <see cref="UnfinishedSet.Open"/>.
    /// </exception>
    public ImageSetConversion(
        IReadOnlyList<ImageSetEntry> images, string root, string path, ImageSetOptions options, bool resume)
    {
        (this.images, this.root, this.path, this.options) = (images, root, path, options);
        ImageSetChecks.Require(images, options);
        set = UnfinishedSet.Open(path, Fingerprint(), resume);
    }

    /// <summary>The folder that becomes the database; files that belong to it can be put there.</summary>
    public string Folder => set.Writer.Folder;

    /// <summary>Converts the images that are not converted yet.</summary>
    /// <param name="progress">Receives progress; may be null.</param>
    /// <param name="skipped">Receives the images that cannot be read, in order; may be null.</param>
    /// <param name="cancel">Cancels the conversion; what is finished is kept.</param>
    /// <exception cref="CnnException">Sizes differ and must not, no image can be read, or writing failed.</exception>
    public void Run(IProgress<WriteProgress>? progress, Action<SkippedImage>? skipped, CancellationToken cancel)
    {
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
        try
        {
            OrderedWork.Run(
                set.Next,
                images.Count,
                options.Threads,
                () => new ImageSetWorker(root, options),
                () => new ImageSetRecord(),
                (item, worker, record) => worker.Make(images[(int)item], record),
                (item, record) =>
                {
                    Take(item, record, skipped);
                    if (item % ReportAfter == 0)
                    {
                        progress?.Report(new WriteProgress(name, item, images.Count));
                    }
                },
                cancel);
            RequireOne();
            set.Save();
            progress?.Report(new WriteProgress(name, images.Count, images.Count));
        }
        catch (OperationCanceledException exception) when (set.Next > 0)
        {
            set.Save();
            throw new OperationCanceledException(
                $"{set.Next} of {images.Count} images are finished and kept in '{UnfinishedSet.PartialOf(path)}'; "
                + "--resume goes on from there",
                exception,
                cancel);
        }
        catch (Exception exception) when (exception is OperationCanceledException
            or CnnException { IsOfTheMachine: false })
        {
            set.Discard();
            throw;
        }
    }

    /// <summary>Forgets what is finished; it is not kept for another run.</summary>
    public void Discard() => set.Discard();

    /// <summary>Completes the database.</summary>
    /// <exception cref="CnnException">It cannot be written.</exception>
    public ImageSetResult Commit()
    {
        set.Commit();
        return new ImageSetResult(path, images.Count - set.Skipped, set.Skipped);
    }

    /// <inheritdoc/>
    public void Dispose() => set.Dispose();

    private void Take(long item, ImageSetRecord record, Action<SkippedImage>? skipped)
    {
        ImageSetEntry image = images[(int)item];
        if (record.Problem is { } problem)
        {
            var one = new SkippedImage(item, image.Path, problem);
            firstSkipped ??= one;
            set.Skipped++;
            skipped?.Invoke(one);
        }
        else
        {
            set.Shape ??= record.Shape;
            if (options.CheckSize && record.Shape != set.Shape)
            {
                throw new CnnException(
                    $"image {item} ('{image.Path}') is {record.Shape}, the first is {set.Shape}",
                    "resize the images, or leave out check_size");
            }

            int length = DatumKey.Write(item, IndexDigits, key).Length;
            key[length++] = (byte)'_';
            length += Encoding.UTF8.GetBytes(image.Path, key.AsSpan(length));
            set.Writer.Put(key.AsSpan(0, length), record.Buffer.Record);
        }

        set.Next = item + 1;
        if (set.Next % SaveAfter == 0)
        {
            set.Save();
        }
    }

    private void RequireOne()
    {
        if (set.Skipped == images.Count)
        {
            string why = firstSkipped is { } first ? $": '{first.Name}': {first.Reason}" : "";
            throw new CnnException(
                $"none of the {images.Count} images can be read{why}",
                $"is '{root}' right? It is put in front of the names as it is, so a folder ends in a slash");
        }
    }

    // Two conversions of the same fingerprint make the same records, as long as the files are the same.
    private byte[] Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add($"{options.Gray} {options.ResizeHeight} {options.ResizeWidth} {options.CheckSize} {options.Encoded}");
        Add(options.EncodeType);
        Add(root);
        foreach (ImageSetEntry image in images)
        {
            Add($"{image.Label} {image.Path}");
        }

        return hash.GetHashAndReset();

        void Add(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\0"));
    }
}
