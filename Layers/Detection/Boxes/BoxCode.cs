using CodeType = Cnn.Proto.PriorBoxParameter.Types.CodeType;

namespace Cnn.Layers.Detection.Boxes;

/// <summary>
/// Boxes as codes relative to a prior box p with variances v. CORNER: <c>code = (b - p) / v</c> for each side.
/// CORNER_SIZE: <c>code = (b - p) / size / v</c>, with the prior's width or height. CENTER_SIZE, with centre c and size
/// s: <c>code = ((c_b - c_p) / s_p / v, log(s_b / s_p) / v)</c>. From Liu et al., "SSD: Single shot multibox detector",
/// ECCV 2016, and Erhan et al., "Scalable object detection using deep neural networks", CVPR 2014.
/// </summary>
internal static class BoxCode
{
    /// <summary>Variances of codes that hold them already.</summary>
    public static Box NoVariance => new(1, 1, 1, 1);

    /// <summary>
    /// Returns whether boxes can be described relative to a prior: it has a size where one is needed.
    /// </summary>
    public static bool Allows(CodeType kind, Box prior) =>
        kind == CodeType.Corner || (prior.Width > 0 && prior.Height > 0);

    /// <summary>Returns the box that a code describes.</summary>
    /// <param name="kind">The kind of the code.</param>
    /// <param name="prior">The prior.</param>
    /// <param name="variance">The variance of each number of the code.</param>
    /// <param name="code">The code.</param>
    public static Box Decode(CodeType kind, Box prior, Box variance, Box code)
    {
        float width = prior.Width, height = prior.Height;
        switch (kind)
        {
            case CodeType.Corner:
                (width, height) = (1, 1);
                goto default;
            case CodeType.CenterSize:
                float x = (variance.XMin * code.XMin * width) + ((prior.XMin + prior.XMax) / 2);
                float y = (variance.YMin * code.YMin * height) + ((prior.YMin + prior.YMax) / 2);
                float halfWidth = MathF.Exp(variance.XMax * code.XMax) * width / 2;
                float halfHeight = MathF.Exp(variance.YMax * code.YMax) * height / 2;
                return new Box(x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight);
            default:
                return new Box(
                    prior.XMin + (variance.XMin * code.XMin * width),
                    prior.YMin + (variance.YMin * code.YMin * height),
                    prior.XMax + (variance.XMax * code.XMax * width),
                    prior.YMax + (variance.YMax * code.YMax * height));
        }
    }

    /// <summary>Returns the code of a box.</summary>
    /// <param name="kind">The kind of the code.</param>
    /// <param name="prior">The prior.</param>
    /// <param name="variance">The variance of each number of the code.</param>
    /// <param name="box">The box; CENTER_SIZE takes one with a size.</param>
    public static Box Encode(CodeType kind, Box prior, Box variance, Box box)
    {
        float width = prior.Width, height = prior.Height;
        switch (kind)
        {
            case CodeType.Corner:
                (width, height) = (1, 1);
                goto default;
            case CodeType.CenterSize:
                float x = ((box.XMin + box.XMax) / 2) - ((prior.XMin + prior.XMax) / 2);
                float y = ((box.YMin + box.YMax) / 2) - ((prior.YMin + prior.YMax) / 2);
                return new Box(
                    x / width / variance.XMin,
                    y / height / variance.YMin,
                    MathF.Log(box.Width / width) / variance.XMax,
                    MathF.Log(box.Height / height) / variance.YMax);
            default:
                return new Box(
                    (box.XMin - prior.XMin) / width / variance.XMin,
                    (box.YMin - prior.YMin) / height / variance.YMin,
                    (box.XMax - prior.XMax) / width / variance.XMax,
                    (box.YMax - prior.YMax) / height / variance.YMax);
        }
    }
}
