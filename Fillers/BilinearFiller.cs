using Cnn.Proto;

namespace Cnn.Fillers;

/// <summary>
/// Fills a blob with the weights of bilinear interpolation, the same for every filter. For a kernel of side k, with f =
/// ceil(k / 2) and c = (k - 1) / (2 f), the weight at (y, x) is (1 - |x / f - c|) (1 - |y / f - c|). A Deconvolution
/// layer with these weights upsamples.
/// </summary>
[FillerType("bilinear")]
public sealed class BilinearFiller : Filler
{
    private readonly FillerParameter parameter;

    /// <exception cref="CnnException">A value does not fit the type.</exception>
    public BilinearFiller(FillerParameter parameter)
    {
        FillerChecks.RefuseSparse(parameter);
        this.parameter = parameter;
    }

    /// <inheritdoc/>
    public override void Fill(Span<float> values, ReadOnlySpan<int> shape, PhiloxRandom random)
    {
        if (shape.Length != 4 || shape[2] != shape[3])
        {
            throw new CnnException(
                $"filler 'bilinear' cannot fill a blob of shape {string.Join(' ', shape.ToArray())}",
                "it needs 4 axes and a square kernel");
        }

        int side = shape[3];
        float f = (side + 1) / 2;
        float c = (side - 1) / (2 * f);
        for (int i = 0; i < values.Length; i++)
        {
            float x = i % side;
            float y = (i / side) % side;
            values[i] = (1 - Math.Abs((x / f) - c)) * (1 - Math.Abs((y / f) - c));
        }
    }
}
