using Cnn.Layers.Kernels.Broadcast;
using Cnn.Layers.Plugins;
using Cnn.Proto;

namespace Cnn.Layers.Common;

/// <summary>
/// Combines two bottoms of shapes that may differ, in the place of the Python class of Synopsys' converter from
/// TensorFlow; see <see cref="PairLayer"/>. Its <c>param_str</c> has <c>operation</c> (0 product, 1 weighted sum, 2
/// maximum, 3 quotient, 4 minimum) and <c>coeff</c>, the two factors of the sum. Unlike there, it has gradients.
/// </summary>
[PythonLayer("eltwise", "Eltwise")]
internal sealed class PythonEltwiseLayer(LayerContext context) : PairLayer(context)
{
    private PythonEltwiseOptions options = null!;

    /// <summary>The options, once set up.</summary>
    public PythonEltwiseOptions Options => options;

    private PairSum Sum => new((float)options.Coeff[0], (float)options.Coeff[1]);

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        options = PluginOptions.Bind<PythonEltwiseOptions>(Context);
        if (options.Coeff.Length != 2)
        {
            throw Context.Error(
                Parameter.PythonParam,
                PythonParameter.ParamStrFieldNumber,
                $"coeff in param_str has {options.Coeff.Length} numbers",
                "give two, one for each bottom");
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        switch (options.Operation)
        {
            case 0:
                Forward(default(PairProduct), bottoms, tops);
                break;
            case 1:
                Forward(Sum, bottoms, tops);
                break;
            case 2:
                Forward(default(PairMaximum), bottoms, tops);
                break;
            case 3:
                Forward(default(PairQuotient), bottoms, tops);
                break;
            default:
                Forward(default(PairMinimum), bottoms, tops);
                break;
        }
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        switch (options.Operation)
        {
            case 0:
                Backward(default(PairProduct), tops, propagateDown, bottoms);
                break;
            case 1:
                Backward(Sum, tops, propagateDown, bottoms);
                break;
            case 2:
                Backward(default(PairMaximum), tops, propagateDown, bottoms);
                break;
            case 3:
                Backward(default(PairQuotient), tops, propagateDown, bottoms);
                break;
            default:
                Backward(default(PairMinimum), tops, propagateDown, bottoms);
                break;
        }
    }
}
