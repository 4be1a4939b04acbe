using Cnn.Fillers;
using Cnn.Layers;

namespace Cnn.Tests.Proto;

/// <summary>
/// Every prototxt file of the models and examples that Caffe's sources ship, with its contents. The files are not
/// ours, so they are read from the folder that CNN_CAFFE_CHECKOUT names; the layer types that they use have to exist
/// in any case.
/// </summary>
[Trait("Category", "Golden")]
public sealed class CaffeCheckoutTests
{
    // Path, shape of an item of the data layers' first top, facts. A solver has no item; its facts are type, base_lr,
    // lr_policy, max_iter.
    public static TheoryData<string, string, string> Files => new()
    {
        {
            "examples/cifar10/cifar10_full.prototxt", "3x32x32",
            "CIFAR10_full_deploy: 14 layers; TRAIN 8 of 89578; TEST 8 of 89578"
        },
        { "examples/cifar10/cifar10_full_sigmoid_solver.prototxt", "", "SGD 0.001 step 60000" },
        { "examples/cifar10/cifar10_full_sigmoid_solver_bn.prototxt", "", "SGD 0.001 step 60000" },
        {
            "examples/cifar10/cifar10_full_sigmoid_train_test.prototxt", "3x32x32",
            "CIFAR10_full: 14 layers; TRAIN 8 of 89578; TEST 8 of 89578"
        },
        {
            "examples/cifar10/cifar10_full_sigmoid_train_test_bn.prototxt", "3x32x32",
            "CIFAR10_full: 17 layers; TRAIN 14 of 89709; TEST 14 of 89709"
        },
        { "examples/cifar10/cifar10_full_solver.prototxt", "", "SGD 0.001 fixed 60000" },
        { "examples/cifar10/cifar10_full_solver_lr1.prototxt", "", "SGD 0.0001 fixed 65000" },
        { "examples/cifar10/cifar10_full_solver_lr2.prototxt", "", "SGD 1E-05 fixed 70000" },
        {
            "examples/cifar10/cifar10_full_train_test.prototxt", "3x32x32",
            "CIFAR10_full: 16 layers; TRAIN 8 of 89578; TEST 8 of 89578"
        },
        {
            "examples/cifar10/cifar10_quick.prototxt", "3x32x32",
            "CIFAR10_quick_test: 13 layers; TRAIN 10 of 145578; TEST 10 of 145578"
        },
        { "examples/cifar10/cifar10_quick_solver.prototxt", "", "SGD 0.001 fixed 4000" },
        { "examples/cifar10/cifar10_quick_solver_lr1.prototxt", "", "SGD 0.0001 fixed 5000" },
        {
            "examples/cifar10/cifar10_quick_train_test.prototxt", "3x32x32",
            "CIFAR10_quick: 15 layers; TRAIN 10 of 145578; TEST 10 of 145578"
        },
        {
            "examples/feature_extraction/imagenet_val.prototxt", "3x227x227",
            "CaffeNet: 26 layers; TRAIN 16 of 60965224; TEST 16 of 60965224"
        },
        { "examples/finetune_pascal_detection/pascal_finetune_solver.prototxt", "", "SGD 0.001 step 100000" },
        {
            "examples/finetune_pascal_detection/pascal_finetune_trainval_test.prototxt", "3x227x227",
            "CaffeNet: 26 layers; TRAIN 16 of 56954261; TEST 16 of 56954261"
        },
        {
            "examples/hdf5_classification/nonlinear_auto_test.prototxt", "4",
            ": 6 layers; TRAIN 4 of 282; TEST 4 of 282"
        },
        {
            "examples/hdf5_classification/nonlinear_auto_train.prototxt", "4",
            ": 6 layers; TRAIN 4 of 282; TEST 4 of 282"
        },
        {
            "examples/hdf5_classification/nonlinear_train_val.prototxt", "4",
            "LogisticRegressionNet: 7 layers; TRAIN 4 of 282; TEST 4 of 282"
        },
        {
            "examples/hdf5_classification/train_val.prototxt", "4",
            "LogisticRegressionNet: 5 layers; TRAIN 2 of 10; TEST 2 of 10"
        },
        { "examples/mnist/lenet.prototxt", "1x28x28", "LeNet: 9 layers; TRAIN 8 of 431080; TEST 8 of 431080" },
        { "examples/mnist/lenet_adadelta_solver.prototxt", "", "AdaDelta 1 fixed 10000" },
        { "examples/mnist/lenet_auto_solver.prototxt", "", "SGD 0.01 inv 10000" },
        { "examples/mnist/lenet_consolidated_solver.prototxt", "", "SGD 0.01 inv 10000" },
        { "examples/mnist/lenet_multistep_solver.prototxt", "", "SGD 0.01 multistep 10000" },
        { "examples/mnist/lenet_solver.prototxt", "", "SGD 0.01 inv 10000" },
        { "examples/mnist/lenet_solver_adam.prototxt", "", "Adam 0.001 fixed 10000" },
        { "examples/mnist/lenet_solver_rmsprop.prototxt", "", "RMSProp 0.01 inv 10000" },
        {
            "examples/mnist/lenet_train_test.prototxt", "1x28x28",
            "LeNet: 11 layers; TRAIN 8 of 431080; TEST 8 of 431080"
        },
        {
            "examples/mnist/mnist_autoencoder.prototxt", "1x28x28",
            "MNISTAutoencoder: 21 layers; TRAIN 16 of 2837314; TEST 16 of 2837314"
        },
        { "examples/mnist/mnist_autoencoder_solver.prototxt", "", "SGD 0.01 step 65000" },
        { "examples/mnist/mnist_autoencoder_solver_adadelta.prototxt", "", "AdaDelta 1 fixed 65000" },
        { "examples/mnist/mnist_autoencoder_solver_adagrad.prototxt", "", "AdaGrad 0.01 fixed 65000" },
        { "examples/mnist/mnist_autoencoder_solver_nesterov.prototxt", "", "Nesterov 0.01 step 65000" },
        {
            "examples/net_surgery/bvlc_caffenet_full_conv.prototxt", "3x227x227",
            "CaffeNetConv: 24 layers; TRAIN 16 of 60965224; TEST 16 of 60965224"
        },
        { "examples/net_surgery/conv.prototxt", "3x227x227", "convolution: 2 layers; TRAIN 2 of 78; TEST 2 of 78" },
        {
            "examples/pycaffe/linreg.prototxt", "3x227x227",
            "LinearRegressionExample: 5 layers; TRAIN layers in Python, such as 'pyloss.EuclideanLossLayer', "
                + "do not run here; TEST layers in Python, such as 'pyloss.EuclideanLossLayer', do not run here"
        },
        {
            "examples/siamese/mnist_siamese.prototxt", "2x28x28",
            "mnist_siamese: 9 layers; TRAIN 10 of 431102; TEST 10 of 431102"
        },
        { "examples/siamese/mnist_siamese_solver.prototxt", "", "SGD 0.01 inv 50000" },
        {
            "examples/siamese/mnist_siamese_train_test.prototxt", "2x28x28",
            "mnist_siamese_train_test: 20 layers; TRAIN 10 of 431102; TEST 10 of 431102"
        },
        {
            "models/bvlc_alexnet/deploy.prototxt", "3x227x227",
            "AlexNet: 24 layers; TRAIN 16 of 60965224; TEST 16 of 60965224"
        },
        { "models/bvlc_alexnet/solver.prototxt", "", "SGD 0.01 step 450000" },
        {
            "models/bvlc_alexnet/train_val.prototxt", "3x227x227",
            "AlexNet: 26 layers; TRAIN 16 of 60965224; TEST 16 of 60965224"
        },
        {
            "models/bvlc_googlenet/deploy.prototxt", "3x224x224",
            "GoogleNet: 143 layers; TRAIN 116 of 6998552; TEST 116 of 6998552"
        },
        { "models/bvlc_googlenet/quick_solver.prototxt", "", "SGD 0.01 poly 2400000" },
        { "models/bvlc_googlenet/solver.prototxt", "", "SGD 0.01 step 10000000" },
        {
            "models/bvlc_googlenet/train_val.prototxt", "3x224x224",
            "GoogleNet: 166 layers; TRAIN 128 of 13378280; TEST 128 of 13378280"
        },
        {
            "models/bvlc_reference_caffenet/deploy.prototxt", "3x227x227",
            "CaffeNet: 24 layers; TRAIN 16 of 60965224; TEST 16 of 60965224"
        },
        { "models/bvlc_reference_caffenet/solver.prototxt", "", "SGD 0.01 step 450000" },
        {
            "models/bvlc_reference_caffenet/train_val.prototxt", "3x227x227",
            "CaffeNet: 26 layers; TRAIN 16 of 60965224; TEST 16 of 60965224"
        },
        {
            "models/bvlc_reference_rcnn_ilsvrc13/deploy.prototxt", "3x227x227",
            "R-CNN-ilsvrc13: 23 layers; TRAIN 16 of 57687624; TEST 16 of 57687624"
        },
        {
            "models/finetune_flickr_style/deploy.prototxt", "3x227x227",
            "FlickrStyleCaffeNet: 24 layers; TRAIN 16 of 56950164; TEST 16 of 56950164"
        },
        { "models/finetune_flickr_style/solver.prototxt", "", "SGD 0.001 step 100000" },
        {
            "models/finetune_flickr_style/train_val.prototxt", "3x227x227",
            "FlickrStyleCaffeNet: 26 layers; TRAIN 16 of 56950164; TEST 16 of 56950164"
        },
    };

    [Fact]
    public void AllFilesOfACheckoutLoadAndTheirNetsBuild()
    {
        Assert.SkipWhen(CaffeCheckout.Folder is null, "CNN_CAFFE_CHECKOUT names no checkout of Caffe's sources");
        string folder = CaffeCheckout.Folder!;
        var wrong = new List<string>();
        foreach (var (path, item, facts) in Files.Select(r => r.Data))
        {
            string full = Path.Combine(folder, path);
            string found = item.Length == 0 ? CaffeCheckout.Solver(full) : CaffeCheckout.Net(full, item);
            if (found != facts)
            {
                wrong.Add($"{path}: {found} instead of {facts}");
            }
        }

        Assert.Empty(wrong);
        var listed = Files.Select(r => r.Data.Item1).ToHashSet();
        Assert.DoesNotContain(
            Directory.GetFiles(folder, "*.prototxt", SearchOption.AllDirectories)
                .Select(f => Path.GetRelativePath(folder, f)),
            f => !listed.Contains(f.Replace('\\', '/')));
    }

    [Theory]
    [InlineData(
        "Accuracy BatchNorm Concat ContrastiveLoss Convolution Data Dropout DummyData EuclideanLoss Flatten HDF5Data")]
    [InlineData("InnerProduct Input LRN Pooling ReLU Sigmoid SigmoidCrossEntropyLoss Slice Softmax SoftmaxWithLoss")]
    public void TheLayerTypesThatTheyAreMadeOfAreThere(string types) =>
        Assert.Empty(types.Split(' ').Except(new LayerRegistry().Types));

    [Fact]
    public void TheFillersThatTheyUseAreThere() =>
        Assert.Empty(((string[])["constant", "gaussian", "xavier"]).Except(new FillerRegistry().Names));
}
