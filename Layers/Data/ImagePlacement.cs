using Cnn.Layers.Data.Transform;
using Cnn.Layers.Kernels.ImageTransform;

namespace Cnn.Layers.Data;

/// <summary>Which part of an image went into the net, and how.</summary>
/// <param name="Shape">The image's shape before it was resized.</param>
/// <param name="Resize">How <c>resize_param</c> resized it; null where it did not.</param>
/// <param name="Window">What was cut out of the resized image.</param>
/// <param name="IsMirrored">Whether that was flipped left to right.</param>
internal readonly record struct ImagePlacement(
    ImageShape Shape, ImageFit? Resize, ImageWindow Window, bool IsMirrored);
