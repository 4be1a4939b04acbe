using Cnn.Proto;

namespace Cnn.Layers.Data.Transform;

/// <content>What forks do to images of bytes before the crop.</content>
internal sealed partial class DataTransformer
{
    private const double WeightTolerance = 0.01;
    private const int BatchesASize = 10;

    /// <summary>Whether images of bytes are resized or damaged before the crop.</summary>
    /// <param name="hasBoxes">Whether <c>geometry_param</c> is done already, together with the boxes.</param>
    public bool EditsImages(bool hasBoxes) =>
        resizes.Length > 0 || variation is not null || Noise is not null || (Geometry is not null && !hasBoxes);

    /// <summary>
    /// The first field given that moves the pixels of images otherwise than a crop and a flip do; null for none.
    /// </summary>
    public int? MovingField =>
        resizes.Length > 0 ? TransformationParameter.ResizeParamFieldNumber
        : parameter.GeometryParam is not null ? TransformationParameter.GeometryParamFieldNumber
        : parameter.RandomResizeParam is not null ? TransformationParameter.RandomResizeParamFieldNumber
        : parameter.RandomAspectRatioParam is not null ? TransformationParameter.RandomAspectRatioParamFieldNumber
        : variation is not null ? TransformationParameter.ImgRandResizeLowerFieldNumber
        : parameter.Pad > 0 ? TransformationParameter.PadFieldNumber
        : parameter.Distortion is not null ? TransformationParameter.DistortionFieldNumber
        : parameter.RandomResizedCrop is not null ? TransformationParameter.RandomResizedCropFieldNumber
        : null;

    /// <summary>
    /// Changes an image in this order: a fork's random resizing, <c>resize_param</c>, <c>noise_param</c>,
    /// <c>geometry_param</c>.
    /// </summary>
    /// <param name="image">The image.</param>
    /// <param name="index">Its index among all images drawn since training began.</param>
    /// <param name="batch">The number of its batch.</param>
    /// <param name="hasBoxes">Whether <c>geometry_param</c> is done already.</param>
    /// <returns>How <c>resize_param</c> resized it; null where it did not.</returns>
    public ImageFit? Edit(ImageScratch image, long index, long batch, bool hasBoxes)
    {
        var random = new ImageRandom(key, index);
        variation?.Run(random, image, isTraining);
        ImageFit? resize = ResizeOf(batch);
        if (resize?.Applies(random) == true)
        {
            resize.Run(random, image);
        }
        else
        {
            resize = null;
        }

        Noise?.Run(random, image);
        if (!hasBoxes)
        {
            Geometry?.Run(random, image, boxes: null);
        }

        return resize;
    }

    /// <summary>
    /// Returns how the images of a batch are resized; null for not at all. Of several sizes one is drawn for ten
    /// batches at a time, a function of the seed and the batch, as MobileNet-YOLO has it.
    /// </summary>
    /// <param name="batch">The number of the batch.</param>
    public ImageFit? ResizeOf(long batch)
    {
        if (resizes.Length < 2)
        {
            return resizes.Length == 0 ? null : resizes[0];
        }

        long turn = batch < 0 ? ((batch + 1) / BatchesASize) - 1 : batch / BatchesASize;
        uint word = new ImageRandom(key, turn).Block(ImageRandom.ResizeChoice).A;
        double left = ImageRandom.Between(word, 0, resizeWeight);
        for (int i = 0; i < resizes.Length - 1; i++)
        {
            left -= parameter.ResizeParam[i].Prob;
            if (left < 0)
            {
                return resizes[i];
            }
        }

        return resizes[^1];
    }

    /// <summary>
    /// Returns the shape that all images have after a random resizing and the crop; null where an image's own shape
    /// tells it.
    /// </summary>
    public ImageShape? CutShape(int channels) =>
        variation is not null && cropHeight > 0 ? new ImageShape(channels, cropHeight, cropWidth) : null;

    private ImageFit[] ReadResizes()
    {
        var sizes = parameter.ResizeParam;
        if (sizes.Count > 1 && !(Math.Abs(sizes.Sum(size => (double)size.Prob) - 1) <= WeightTolerance))
        {
            throw context.Error(
                sizes[0],
                ResizeParameter.ProbFieldNumber,
                $"the prob of {sizes.Count} resize_params are {sizes.Sum(size => size.Prob)} together",
                "one of them is drawn for ten batches at a time, and prob are the chances: they must be 1 together");
        }

        return [.. sizes.Select(size => new ImageFit(context, size, isChosen: sizes.Count > 1))];
    }

    // The mean for images of a shape; NVIDIA's random sizes take the centre of a larger one.
    private AlignedBuffer? MeanFor(ImageShape shape)
    {
        if (mean is null || meanShape == shape || variation is not { CentresMean: true })
        {
            return mean;
        }

        if (meanShape.Channels != shape.Channels || meanShape.Height < shape.Height || meanShape.Width < shape.Width)
        {
            throw Error(
                TransformationParameter.MeanFileFieldNumber,
                $"the mean in '{parameter.MeanFile}' is {meanShape}, smaller than the images, {shape}",
                "it must be at least as large, and of as many channels");
        }

        var centre = new AlignedBuffer(shape.Count);
        int top = (meanShape.Height - shape.Height) / 2, left = (meanShape.Width - shape.Width) / 2;
        for (int row = 0; row < shape.Channels * shape.Height; row++)
        {
            int from = (((row / shape.Height) * meanShape.Height) + top + (row % shape.Height)) * meanShape.Width;
            mean.Span.Slice(from + left, shape.Width).CopyTo(centre.Span[(row * shape.Width)..]);
        }

        return centre;
    }
}
