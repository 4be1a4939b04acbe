namespace Cnn.Layers.Vision;

/// <summary>
/// Convolution by another name: of the layer in github.com/yonghenglh6/DepthwiseConvolution, which computes the same
/// faster where <c>group</c> is the number of channels. As there, <c>group</c> has to be given.
/// </summary>
[LayerType("DepthwiseConvolution")]
internal sealed class DepthwiseConvolutionLayer(LayerContext context) : ConvolutionLayer(context);
