using Cnn.Proto;
using Cnn.Proto.Formats.Images;

namespace Cnn.Engine.Classification;

/// <summary>
/// Fills batches with the crops of images: reads, decodes and resizes one after the other. It serves one thread at a
/// time and keeps its buffers.
/// </summary>
internal sealed class CropLoader : IDisposable
{
    private readonly IEnumerator<ImageInput> inputs;
    private readonly (int Height, int Width) size;
    private readonly (int Height, int Width) crop;
    private readonly Crop[] crops;
    private readonly InputTransform transform;
    private readonly ImageDecoder decoder = new();
    private readonly PlanarImage decoded = new();
    private readonly LoadedImage loaded;
    private readonly StretchedResizer resizer = new();
    private readonly FloatImage resized = new();
    private byte[] content = [];
    private PendingScores? image;
    private int nextCrop;

    /// <summary>Makes a loader.</summary>
    /// <param name="inputs">The images.</param>
    /// <param name="isGrey">Whether they are made grey.</param>
    /// <param name="size">What they are resized to.</param>
    /// <param name="crop">The size of the crops.</param>
    /// <param name="crops">The crops of each.</param>
    /// <param name="transform">What is done with a crop.</param>
    public CropLoader(
        IEnumerable<ImageInput> inputs,
        bool isGrey,
        (int Height, int Width) size,
        (int Height, int Width) crop,
        Crop[] crops,
        InputTransform transform)
    {
        this.inputs = inputs.GetEnumerator();
        (this.size, this.crop, this.crops, this.transform) = (size, crop, crops, transform);
        loaded = new LoadedImage(decoded, isGrey);
    }

    /// <summary>Fills a batch.</summary>
    /// <returns>Whether images are left.</returns>
    public bool Fill(CropBatch batch, CancellationToken cancel)
    {
        batch.Clear();
        while (!batch.IsFull)
        {
            if (image is null)
            {
                cancel.ThrowIfCancellationRequested();
                if (!inputs.MoveNext())
                {
                    return false;
                }

                image = Load(inputs.Current);
                batch.Images.Add(image);
                if (image.IsComplete)
                {
                    image = null;
                    continue;
                }
            }

            transform.Write(resized, crops[nextCrop], crop.Height, crop.Width, batch.Add(image));
            nextCrop = (nextCrop + 1) % crops.Length;
            image = nextCrop == 0 ? null : image;
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        inputs.Dispose();
        decoder.Dispose();
    }

    private PendingScores Load(ImageInput input)
    {
        try
        {
            int length = input.Read(ref content);
            Decode(input.Name, content.AsSpan(0, length));
            resizer.Resize(loaded, size.Height, size.Width, resized);
            return new PendingScores(input.Name, crops.Length, null);
        }
        catch (CnnException exception) when (!exception.IsOfTheMachine)
        {
            return new PendingScores(input.Name, 0, exception);
        }
    }

    private void Decode(string name, ReadOnlySpan<byte> file)
    {
        try
        {
            decoder.Decode(file, ImageColor.Colour, decoded);
        }
        catch (CnnException exception)
        {
            throw exception.In(name);
        }
    }
}
