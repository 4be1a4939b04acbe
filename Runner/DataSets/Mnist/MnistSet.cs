using Cnn.Proto;
using Cnn.Proto.Formats.Idx;

namespace Cnn.Runner.DataSets.Mnist;

/// <summary>One of MNIST's two sets, as it was published.</summary>
/// <param name="Name">"train" or "test".</param>
/// <param name="ImagesName">The name of its image file, without .gz.</param>
/// <param name="LabelsName">The name of its label file, without .gz.</param>
/// <param name="Count">The number of its images.</param>
public sealed record MnistSet(string Name, string ImagesName, string LabelsName, int Count)
{
    private const int Side = 28;

    /// <summary>The 60,000 images to train on.</summary>
    public static MnistSet Train { get; } = new("train", "train-images-idx3-ubyte", "train-labels-idx1-ubyte", 60_000);

    /// <summary>The 10,000 images to test with.</summary>
    public static MnistSet Test { get; } = new("test", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", 10_000);

    /// <summary>
    /// Reads the set from a folder, where each file may be plain or gzip-compressed and may be called
    /// <c>train-images-idx3-ubyte</c> or <c>train-images.idx3-ubyte</c>, with or without <c>.gz</c>.
    /// </summary>
    /// <exception cref="CnnException">A file is missing, damaged or not MNIST's.</exception>
    public (IdxFile Images, IdxFile Labels) Read(string folder)
    {
        IdxFile images = IdxFile.ReadImages(Find(folder, ImagesName));
        IdxFile labels = IdxFile.ReadLabels(Find(folder, LabelsName));
        IdxFile.RequirePair(images, labels);
        if (images.Count != Count || images.Shape[1] != Side || images.Shape[2] != Side)
        {
            throw new CnnException(
                $"'{images.Path}' holds {images.Count} images of {images.Shape[1]} x {images.Shape[2]}, "
                + $"MNIST's {Name} set has {Count} of {Side} x {Side}",
                "an IdxData layer reads other sets in this format");
        }

        int wrong = labels.Data.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)9);
        return wrong < 0
            ? (images, labels)
            : throw new CnnException(
                $"label {wrong} in '{labels.Path}' is {labels.Data[wrong]}, not a digit", "fetch it again");
    }

    private static string Find(string folder, string name)
    {
        string dotted = name.Replace("-idx", ".idx");
        foreach (string candidate in (string[])[name, name + ".gz", dotted, dotted + ".gz"])
        {
            string path = Path.Combine(folder, candidate);
            if (File.Exists(path))
            {
                return path;
            }
        }

        throw new CnnException(
            $"'{folder}' holds no {name} or {name}.gz",
            "name the folder with MNIST's four idx files, or use --download");
    }
}
