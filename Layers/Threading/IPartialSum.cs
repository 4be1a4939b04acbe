namespace Cnn.Layers.Threading;

/// <summary>A sum split into parts, each summed separately; see <see cref="FixedOrderSum"/>.</summary>
public interface IPartialSum
{
    /// <summary>Computes the sum of one part.</summary>
    /// <param name="part">The part, from 0.</param>
    double Sum(int part);
}
