namespace Cnn.Engine.Import.Onnx.Operators;

/// <summary>By what Caffe's means of windows divide.</summary>
internal enum PoolingMean
{
    /// <summary>The window's size within the image and its border: AVE.</summary>
    WithBorder,

    /// <summary>The window's size within the image: AVE_EXC_PAD.</summary>
    WithoutBorder,
}
