using Cnn.Proto;

namespace Cnn.Layers.Data.Transform;

/// <summary>A fork's way to give images random sizes before the crop.</summary>
internal abstract class ImageVariation
{
    /// <summary>Whether the mean of larger images is meant, of which the centre is used.</summary>
    public virtual bool CentresMean => false;

    /// <summary>Returns the way that <c>transform_param</c> asks for; null for none.</summary>
    /// <param name="context">The layer.</param>
    /// <param name="parameter">Its <c>transform_param</c>.</param>
    /// <param name="cropHeight">The rows of the crop; 0 for none.</param>
    /// <param name="cropWidth">The columns of the crop.</param>
    /// <exception cref="CnnException">
    /// A number is out of range, or nothing gives the images of a batch one size.
    /// </exception>
    public static ImageVariation? Of(
        LayerContext context, TransformationParameter parameter, int cropHeight, int cropWidth)
    {
        bool isOneSize = cropHeight > 0;
        if (RandomStretch.IsAskedFor(parameter))
        {
            Require(TransformationParameter.ImgRandResizeLowerFieldNumber, isOneSize, "a random size");
            return new RandomStretch(context, parameter, cropHeight, cropWidth);
        }

        if (parameter.RandomResizeParam is { } side)
        {
            bool isResized = parameter.ResizeParam.Count > 0
                && parameter.ResizeParam.All(r => r.ResizeMode != ResizeParameter.Types.Resize_mode.FitSmallSize);
            Require(
                TransformationParameter.RandomResizeParamFieldNumber, isOneSize || isResized, "random_resize_param");
            return new RandomShorterSide(context, side);
        }

        if (parameter.RandomAspectRatioParam is { } aspect)
        {
            Require(
                TransformationParameter.RandomAspectRatioParamFieldNumber, isOneSize, "random_aspect_ratio_param");
            return new RandomAspectRatio(context, aspect, cropHeight, cropWidth);
        }

        return null;

        void Require(int field, bool holds, string what)
        {
            if (!holds)
            {
                throw context.Error(
                    parameter,
                    field,
                    $"{what} makes images of many sizes, and nothing gives them one",
                    "add crop_size");
            }
        }
    }

    /// <summary>Changes an image.</summary>
    /// <param name="random">The image's random numbers.</param>
    /// <param name="image">The image.</param>
    /// <param name="isTraining">Whether a crop may be anywhere, or is the centre.</param>
    public abstract void Run(ImageRandom random, ImageScratch image, bool isTraining);
}
