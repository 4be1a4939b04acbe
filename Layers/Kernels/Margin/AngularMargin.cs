namespace Cnn.Layers.Kernels.Margin;

/// <summary>
/// The angular margin of SphereFace: psi(t) = (-1)^k cos(m t) - 2 k falls from 1 to 1 - 2 m over the angles t from 0 to
/// pi, where k counts the pieces of pi / m before t. (Liu et al., "SphereFace", CVPR 2017, equation 7.)
/// </summary>
/// <param name="Times">m, 1 to 4.</param>
internal readonly record struct AngularMargin(int Times)
{
    /// <summary>Computes psi from the cosine of the angle.</summary>
    public float Value(float cos)
    {
        float square = cos * cos, sign = Sign(cos);
        switch (Times)
        {
            case 2:
                return (2 * sign * square) - 1;
            case 3:
                var (first, offset) = Thirds(cos, sign);
                return (first * ((4 * square * cos) - (3 * cos))) + offset;
            case 4:
                var (half, shift) = Quarters(square, sign);
                return (half * ((8 * square * square) - (8 * square) + 1)) + shift;
            default:
                return cos;
        }
    }

    /// <summary>
    /// Computes the gradient of <c>|x| psi</c> with respect to x, <c>Weight w + Input x / |x|</c> for weights w of
    /// length 1: psi' and psi - psi' cos.
    /// </summary>
    public (float Weight, float Input) Gradient(float cos)
    {
        float square = cos * cos, sign = Sign(cos);
        switch (Times)
        {
            case 2:
                return (4 * sign * cos, (-2 * sign * square) - 1);
            case 3:
                var (first, offset) = Thirds(cos, sign);
                return (first * ((12 * square) - 3), offset - (8 * first * square * cos));
            case 4:
                var (half, shift) = Quarters(square, sign);
                return (
                    half * ((32 * square * cos) - (16 * cos)),
                    shift - (half * ((24 * square * square) - (8 * square) - 1)));
            default:
                return (1, 0);
        }
    }

    private static (float Sign, float Offset) Thirds(float cos, float sign)
    {
        float first = Sign(MathF.Abs(cos) - 0.5f);
        return (first, (sign * (1 + first)) - 2);
    }

    private static (float Sign, float Offset) Quarters(float square, float sign)
    {
        float third = sign * Sign((2 * square) - 1);
        return (third, (2 * sign) + third - 3);
    }

    private static float Sign(float x) => x > 0 ? 1 : x < 0 ? -1 : 0;
}
