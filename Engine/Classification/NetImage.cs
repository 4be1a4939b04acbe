using Cnn.Engine.Graph;
using Cnn.Proto;

namespace Cnn.Engine.Classification;

/// <summary>Makes an image the input of a net that is looked into, as <see cref="ImageClassifier"/> does it.</summary>
public static class NetImage
{
    /// <summary>Fills the first input with an image: one row, the first crop. The net does not run.</summary>
    /// <param name="net">The net.</param>
    /// <param name="image">The image.</param>
    /// <param name="options">How it becomes the input; null for pycaffe's defaults. The batch is one.</param>
    /// <exception cref="CnnException">
    /// The net takes no images, an option does not fit it, or the image cannot be read.
    /// </exception>
    public static void Set(Net net, ImageInput image, ClassifierOptions? options = null)
    {
        var preparation = new ImagePreparation(net, (options ?? new ClassifierOptions()) with { Batch = 1 });
        using CropLoader loader = preparation.NewLoader([image]);
        CropBatch batch = preparation.NewBatch();
        loader.Fill(batch, CancellationToken.None);
        if (batch.Count == 0)
        {
            throw batch.Images[0].Result().Error!;
        }

        batch.Values.CopyTo(preparation.Input.Data);
    }
}
