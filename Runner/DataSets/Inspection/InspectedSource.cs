using Cnn.Proto;

namespace Cnn.Runner.DataSets.Inspection;

/// <summary>A place where images are kept, of whatever kind.</summary>
internal abstract class InspectedSource : IDisposable
{
    /// <summary>What it is: <c>LMDB database</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>The number of its images.</summary>
    public abstract long Count { get; }

    /// <summary>The names of the classes by their labels; empty where there are none.</summary>
    public virtual IReadOnlyList<string> Classes => [];

    /// <summary>Whether images have labels.</summary>
    public virtual bool HasLabels => true;

    /// <summary>Makes a reader for one thread.</summary>
    public abstract IRecordReader CreateReader();

    /// <summary>Returns an image's key or path.</summary>
    public abstract string NameOf(long index);

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }

    /// <summary>Opens a source of the kind that its files show.</summary>
    /// <param name="path">
    /// A database, a folder of class folders, CIFAR-10's binary files or one of them, an idx file of images, or a list
    /// of image files.
    /// </param>
    /// <param name="labels">The idx file of labels; null for the one beside the images, if there is one.</param>
    /// <param name="root">What is put in front of the paths of a list, as it is.</param>
    /// <exception cref="CnnException">There is nothing, it is none of these, or it is damaged.</exception>
    public static InspectedSource Open(string path, string? labels, string root)
    {
        PathText.Require(path);
        if (Directory.Exists(path))
        {
            return DatabaseSource.IsDatabase(path) ? new DatabaseSource(path)
                : BytesSource.IsCifar10Folder(path) ? BytesSource.OfCifar10Folder(path)
                : FileSource.OfFolder(path);
        }

        FileText.RequireFile(path);
        return path.EndsWith(".mdb", StringComparison.Ordinal) ? new DatabaseSource(path)
            : path.EndsWith(".bin", StringComparison.Ordinal) ? BytesSource.OfCifar10Files([path])
            : labels is not null || BytesSource.IsIdx(path) ? BytesSource.OfIdx(path, labels)
            : FileSource.OfList(path, root);
    }
}
