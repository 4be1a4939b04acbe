using Cnn.Fillers;
using Cnn.Proto;
using Cnn.Proto.Formats.ImageSets;

namespace Cnn.Runner.DataSets.ImageSets;

/// <summary>Makes databases of image files, with the records of Caffe's <c>convert_imageset</c>.</summary>
public static class ImageSetConverter
{
    private const string LabelsName = "labels.txt";

    /// <summary>
    /// Makes a database of the images in a list. The key of a record is the image's position with eight digits, a line
    /// and its name; an image that cannot be read has no record, and its position stays free. Raw images are blue,
    /// green, red or grey. The database is the same for any number of threads.
    /// </summary>
    /// <param name="images">The images, in the order of their records.</param>
    /// <param name="root">What is put in front of each name, as it is: a folder ends in a slash.</param>
    /// <param name="path">The database to create.</param>
    /// <param name="options">How images become records; null for the defaults.</param>
    /// <param name="resume">Whether to go on with what an interrupted conversion left in <c>PATH.partial</c>.</param>
    /// <param name="progress">Receives progress; may be null.</param>
    /// <param name="skipped">Receives the images that cannot be read, in order; may be null.</param>
    /// <param name="cancel">Cancels the conversion; what is finished is kept in <c>PATH.partial</c>.</param>
    /// <exception cref="CnnException">
    /// The database exists already, an unfinished one is there that cannot be gone on with, an option is wrong, no
    /// image can be read, sizes differ and must not, or writing failed.
    /// </exception>
    public static ImageSetResult Convert(
        IReadOnlyList<ImageSetEntry> images,
        string root,
        string path,
        ImageSetOptions? options = null,
        bool resume = false,
        IProgress<WriteProgress>? progress = null,
        Action<SkippedImage>? skipped = null,
        CancellationToken cancel = default)
    {
        using var conversion = new ImageSetConversion(images, root, path, options ?? new ImageSetOptions(), resume);
        conversion.Run(progress, skipped, cancel);
        return conversion.Commit();
    }

    /// <summary>
    /// Makes a database of a folder with a folder for each class, its images in an order that the seed gives; or two,
    /// of a training part <c>PATH_train</c> and a validation part <c>PATH_val</c>, split as the <c>ImageFolder</c>
    /// layer splits them. Each gets a file <c>labels.txt</c> with the names of the classes in the order of their
    /// labels.
    /// </summary>
    /// <param name="folder">The folder of class folders.</param>
    /// <param name="path">The database to create, or what the names of the two begin with.</param>
    /// <param name="options">How images become records; null for the defaults.</param>
    /// <param name="validation">The share of the images in the validation part; 0 for a single database.</param>
    /// <param name="seed">The seed of the order and of the split.</param>
    /// <param name="resume">Whether to go on with what an interrupted conversion left.</param>
    /// <param name="progress">Receives progress; may be null.</param>
    /// <param name="skipped">Receives the images that cannot be read; may be null.</param>
    /// <param name="cancel">Cancels the conversion; what is finished is kept, see <see cref="Convert"/>.</param>
    /// <exception cref="CnnException">
    /// See <see cref="Convert"/>; or there are no class folders, one has no images, or a part is empty.
    /// </exception>
    public static IReadOnlyList<ImageSetResult> ConvertFolder(
        string folder,
        string path,
        ImageSetOptions? options = null,
        double validation = 0,
        long seed = 1,
        bool resume = false,
        IProgress<WriteProgress>? progress = null,
        Action<SkippedImage>? skipped = null,
        CancellationToken cancel = default)
    {
        ClassFolder classes = ClassFolder.Read(folder);
        string target = Path.TrimEndingDirectorySeparator(path);
        string root = Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar;
        (string Path, IReadOnlyList<ImageSetEntry> Images)[] parts = validation == 0
            ? [(target, classes.Images)]
            : [(target + "_train", Part(classes, validation, seed, isValidation: false)),
                (target + "_val", Part(classes, validation, seed, isValidation: true))];
        var conversions = new List<ImageSetConversion>();
        try
        {
            foreach (var part in parts)
            {
                conversions.Add(new ImageSetConversion(
                    Shuffled(part.Images, seed), root, part.Path, options ?? new ImageSetOptions(), resume));
            }

            conversions.ForEach(conversion => conversion.Run(progress, skipped, cancel));
            conversions.ForEach(conversion => WriteLabels(conversion.Folder, classes.Classes));
            return [.. conversions.Select(conversion => conversion.Commit())];
        }
        catch (CnnException exception) when (!exception.IsOfTheMachine)
        {
            conversions.ForEach(conversion => conversion.Discard());
            throw;
        }
        finally
        {
            conversions.ForEach(conversion => conversion.Dispose());
        }
    }

    /// <summary>Returns images in an order that is a function of the seed.</summary>
    public static IReadOnlyList<ImageSetEntry> Shuffled(IReadOnlyList<ImageSetEntry> images, long seed)
    {
        ImageSetEntry[] shuffled = [.. images];
        PhiloxRandom random = new RandomStreams(seed).Create("convert_imageset", "order");
        for (int last = shuffled.Length - 1; last > 0; last--)
        {
            int other = random.Next(last + 1);
            (shuffled[last], shuffled[other]) = (shuffled[other], shuffled[last]);
        }

        return shuffled;
    }

    private static ImageSetEntry[] Part(ClassFolder classes, double validation, long seed, bool isValidation)
    {
        ImageSetEntry[] part =
        [
            .. classes.Images.Where(
                image => ClassFolder.IsInValidation(image.Path, validation, seed) == isValidation),
        ];
        return part.Length > 0
            ? part
            : throw new CnnException(
                $"none of the {classes.Images.Count} images are in the {(isValidation ? "validation" : "training")} "
                + "part",
                "use more images, or another share");
    }

    private static void WriteLabels(string folder, IReadOnlyList<string> classes) => AtomicFile.Write(
        Path.Combine(folder, LabelsName),
        stream =>
        {
            using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
            foreach (string name in classes)
            {
                writer.WriteLine(name);
            }
        });
}
